import type { Evidence } from '../evidence';
import { isStable, type Situation } from '../situation';
import { overdue } from './still-coming';
import type { Rule } from './rule';

/** The stable release runs: there is no verdict to find, unless it just came back by a rollback. */
export const atRest: Rule = (at) => (isStable(at) ? (comingBack(at) ?? resting(at)) : undefined);

/**
 * A rollback is believed when the stable release’s own images run again. Then the environment stays
 * held, so that nothing repeats what hurt, until a person lifts the quarantine.
 */
const comingBack: Rule = (at) => {
  const { step, past, missing, release } = at;
  if (step.kind !== 'rollback') return undefined;
  const held = past.quarantined.some(
    ({ id, environment }) => id === step.of && environment === past.environment,
  );
  const back: Evidence = {
    kind: 'taken-back',
    release: step.of,
    to: release.id,
    by: step.by,
    at: step.at,
  };
  if (missing.length > 0) {
    const late = overdue(at, [back, ...missing]);
    if (!late) return { do: 'wait', until: at.deadline, because: [back, ...missing] };
    if (held) return late;
  }
  return held
    ? { do: 'hold', until: 'resumed', because: [back, runsAsReleased(at), ...forwardHeld(at)] }
    : undefined;
};

const resting: Rule = (at) => ({
  do: 'wait',
  until: 'the next release',
  because: [{ kind: 'stable', release: at.release.id }, ...at.missing, ...forwardHeld(at)],
});

const forwardHeld = ({ past: { environment, quarantined } }: Situation): Evidence[] =>
  quarantined
    .filter((entry) => entry.environment === environment)
    .map(({ id, because }) => ({ kind: 'forward-held', environment, release: id, because }));

export const runsAsReleased = ({ release, seen }: Situation): Evidence => ({
  kind: 'runs-as-released',
  release: release.id,
  pods: seen.workloads.flatMap(({ pods }) => pods).length,
});
