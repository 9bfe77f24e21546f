import type { Objective, Observation } from '../observation';
import type { Finding } from './finding';
import { isChanged } from './workloads';

/** A budget may burn because of any workload that a request passes through. */
export const objectiveFindings = ({ objectives, workloads }: Observation): Finding[] =>
  objectives.flatMap((objective) => {
    const { name, measures, burn, limit, burningSince } = objective;
    if (!isBurning(objective) || burn === 'no data' || burningSince === undefined) return [];
    const measured = workloads.filter((workload) => measures.includes(workload.name));
    return [
      {
        symptom: { kind: 'budget-burning', subject: name, burn, limit, since: burningSince },
        changed: measured.some(isChanged),
        nodes: measured.flatMap(({ pods }) => pods.map(({ node }) => node)),
      },
    ];
  });

const isBurning = ({ burn, limit }: Objective): boolean => burn !== 'no data' && burn > limit;
