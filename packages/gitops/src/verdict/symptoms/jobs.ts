import type { Observation } from '../observation';
import type { Policy } from '../policy';
import { containerFindings } from './containers';
import type { Finding } from './finding';

export const jobFindings = ({ jobs }: Observation, policy: Policy): Finding[] =>
  jobs.flatMap((job): Finding[] => {
    const subject = `Job/${job.name}`;
    if (job.state === 'succeeded') return [];
    if (job.state === 'running') return containerFindings(job.pods, subject, job.new, policy);
    const { message, since } = job;
    return [
      {
        symptom: { kind: 'job-failed', subject, message, since },
        changed: job.new,
        nodes: job.pods.map(({ node }) => node),
      },
    ];
  });
