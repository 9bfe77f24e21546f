import type { Release } from '../release';
import type { Missing } from './evidence';
import { secondsBetween } from './instant';
import type { Application, Job, Observation, Workload } from './observation';
import { nameOf } from './symptoms/workloads';

/**
 * What is still to come until the cluster runs this release and nothing else. `Synced` and `Healthy`
 * aren’t asked: both can be old, or about another revision (argo-cd #26530, #29716). What counts is
 * what runs: the template’s pods, their images’ digests.
 */
export const missing = (release: Release, { application, workloads, jobs }: Observation): Missing[] => [
  ...notTaken(release, application),
  ...notSynced(release, application),
  ...(workloads.length === 0 ? [{ kind: 'nothing-runs' } as const] : []),
  ...jobs.flatMap(notDone),
  ...workloads.flatMap((workload) => [...notRolledOut(workload), ...otherImages(release, workload)]),
];

const notTaken = ({ id }: Release, application: Application): Missing[] =>
  application.release === id ? [] : [{ kind: 'not-taken', release: id, instead: application.release }];

function notSynced({ revision }: Release, { operation, reconciledAt }: Application): Missing[] {
  if (operation?.phase !== 'Succeeded' || operation.revision !== revision)
    return [
      {
        kind: 'not-synced',
        revision,
        operation: operation && { phase: operation.phase, revision: operation.revision },
      },
    ];
  const { finishedAt } = operation;
  return finishedAt !== undefined && secondsBetween(reconciledAt, finishedAt) > 0
    ? [{ kind: 'not-reconciled', finishedAt }]
    : [];
}

const notDone = (job: Job): Missing[] =>
  job.new && job.state !== 'succeeded' ? [{ kind: 'job-running', subject: `Job/${job.name}` }] : [];

function notRolledOut(workload: Workload): Missing[] {
  const subject = nameOf(workload);
  const { generation, observedGeneration, desired, updated, ready, template, pods } = workload;
  // An older status tells about the template before, and looks complete.
  if (observedGeneration < generation) return [{ kind: 'not-observed', subject }];
  if (updated < desired || ready < desired)
    return [{ kind: 'rolling-out', subject, updated, ready, desired }];
  const old = pods.filter((pod) => pod.template !== template);
  return old.length > 0 ? [{ kind: 'old-pods', subject, count: old.length }] : [];
}

function otherImages({ images }: Release, workload: Workload): Missing[] {
  const containers = workload.pods.flatMap((pod) => pod.containers);
  const wrong = containers.find(
    ({ service, digest }) => service !== undefined && service in images && digest !== images[service],
  );
  if (!wrong) return [];
  const wants = images[wrong.service!]!;
  return [{ kind: 'other-image', subject: nameOf(workload), runs: wrong.digest, wants }];
}
