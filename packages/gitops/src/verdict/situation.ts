import type { Release } from '../release';
import { excuseFor } from './attribution';
import type { Evidence, Excuse, Missing, Symptom } from './evidence';
import type { History, Step } from './history';
import { after, isPast, type Instant } from './instant';
import { missing } from './missing';
import type { Observation } from './observation';
import type { Policy } from './policy';
import { findings } from './symptoms';

/** A symptom, and why it isn’t the release’s fault, if it isn’t. */
export interface Failure {
  readonly symptom: Symptom;
  readonly excuse: Excuse | undefined;
}

/** Everything a rule may ask about. */
export interface Situation {
  readonly policy: Policy;
  readonly past: History;
  readonly seen: Observation;
  readonly now: Instant;
  /** How the release came that is judged. */
  readonly step: Step;
  readonly release: Release;
  /** When the release’s own time is over. */
  readonly deadline: Instant;
  readonly failures: readonly Failure[];
  readonly missing: readonly Missing[];
}

export function situation(
  policy: Policy,
  past: History,
  step: Step,
  seen: Observation,
  now: Instant,
): Situation {
  const { release } = step;
  const found = findings(seen, release, policy, now);
  return {
    policy,
    past,
    seen,
    now,
    step,
    release,
    deadline: after(step.at, policy.deadline),
    failures: found
      .filter(({ leaving }) => !leaving)
      .map((finding) => ({ symptom: finding.symptom, excuse: excuseFor(finding, found, seen, policy) })),
    missing: missing(release, seen),
  };
}

/** When something that began then has lasted long enough to count. */
export const settles = ({ policy }: Situation, { since }: { readonly since: Instant }): Instant =>
  after(since, policy.settle);

export const isSettled = (at: Situation, it: { readonly since: Instant }): boolean =>
  isPast(settles(at, it), at.now);

export const isStable = ({ past, release }: Situation): boolean => past.stable?.id === release.id;

/** Each symptom, followed by its excuse. */
export const evidenceOf = (failures: readonly Failure[]): Evidence[] =>
  failures.flatMap(({ symptom, excuse }) => (excuse ? [symptom, excuse] : [symptom]));
