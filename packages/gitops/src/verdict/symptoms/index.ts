import type { Release } from '../../release';
import type { Instant } from '../instant';
import type { Observation } from '../observation';
import type { Policy } from '../policy';
import type { Finding } from './finding';
import { jobFindings } from './jobs';
import { objectiveFindings } from './objectives';
import { queueFindings } from './queues';
import { syncFindings } from './sync';
import { workloadFindings } from './workloads';

/** Everything that goes wrong, whoever’s fault it is. */
export const findings = (seen: Observation, release: Release, policy: Policy, now: Instant): Finding[] => [
  ...syncFindings(seen, release),
  ...jobFindings(seen, policy),
  ...workloadFindings(seen, policy, now),
  ...objectiveFindings(seen),
  ...queueFindings(seen),
];
