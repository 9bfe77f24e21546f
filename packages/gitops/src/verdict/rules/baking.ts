import type { Decision } from '../decision';
import type { Evidence } from '../evidence';
import { after, isPast, secondsBetween, type Instant } from '../instant';
import type { Situation } from '../situation';
import { runsAsReleased } from './at-rest';

/** All is as it should be. When it has been so for the bake time, the release is the new stable one. */
export function baking(at: Situation): Decision {
  const { policy, now, release } = at;
  const since = sinceWhen(at);
  const until = after(since, policy.bake);
  return isPast(until, now)
    ? { do: 'mark-stable', release: release.id, because: [...asItShould(at), baked(since, now)] }
    : { do: 'verify', since, until, because: asItShould(at) };
}

/** What was verified before this release came was another one. */
const sinceWhen = ({ past: { verifyingSince }, step, now }: Situation): Instant =>
  verifyingSince !== undefined && isPast(step.at, verifyingSince) ? verifyingSince : now;

const baked = (since: Instant, now: Instant): Evidence => ({
  kind: 'baked',
  since,
  seconds: secondsBetween(since, now),
});

const asItShould = (at: Situation): Evidence[] => [
  runsAsReleased(at),
  ...(at.seen.objectives.length > 0
    ? [{ kind: 'within-objectives', objectives: at.seen.objectives.map(({ name }) => name) } as const]
    : []),
  ...at.seen.application.degraded.map((noise) => ({ kind: 'not-judged', ...noise }) as const),
];
