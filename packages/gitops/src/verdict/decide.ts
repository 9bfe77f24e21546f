import type { Decision } from './decision';
import type { History } from './history';
import type { Instant } from './instant';
import type { Observation } from './observation';
import type { Policy } from './policy';
import { atRest } from './rules/at-rest';
import { baking } from './rules/baking';
import { cannotSee } from './rules/cannot-see';
import { handsOn } from './rules/hands-on';
import { itsOwnFailure } from './rules/its-own-failure';
import { noData } from './rules/no-data';
import { notItsFault } from './rules/not-its-fault';
import { notTaken } from './rules/not-taken';
import { quarantinedRelease } from './rules/quarantined-release';
import type { Rule } from './rules/rule';
import { settling } from './rules/settling';
import { stillComing } from './rules/still-coming';
import { situation } from './situation';

/** The first that has an answer decides. The order is the policy: who may act, who is to blame, what is proven. */
const rules: readonly Rule[] = [
  cannotSee,
  handsOn,
  quarantinedRelease,
  notTaken,
  itsOwnFailure,
  settling,
  notItsFault,
  atRest,
  stillComing,
  noData,
];

/**
 * What to do about one environment: a pure function of what git knows, what was seen and the time, so
 * that a controller that was killed comes to the same answer, and every answer can be shown again.
 *
 * It is asked after everything new that is seen, and when the time of the last answer’s `until` has
 * come. Its answer is about the newest release of the environment; `roll-back` and `mark-stable` are
 * to be written by compare-and-swap on the file they were decided on.
 */
export function decide(policy: Policy, past: History, seen: Observation, now: Instant): Decision {
  const [step] = past.steps;
  if (!step) return { do: 'wait', until: 'the next release', because: [{ kind: 'nothing-released' }] };
  const at = situation(policy, past, step, seen, now);
  for (const rule of rules) {
    const decision = rule(at);
    if (decision) return decision;
  }
  return baking(at);
}
