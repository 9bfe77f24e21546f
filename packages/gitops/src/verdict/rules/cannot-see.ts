import type { Circumstance } from '../evidence';
import { after, earliest, isPast } from '../instant';
import type { Observation } from '../observation';
import { evidenceOf } from '../situation';
import type { Trouble } from '../trouble';
import type { Rule } from './rule';

/**
 * What is old, or can’t be written, is no ground for a verdict. Nobody is paged for it at once.
 * Prometheus isn’t meant: pods are seen without it, and its objectives have no data then.
 */
export const cannotSee: Rule = ({ seen, policy, failures, now }) => {
  const troubles = blinding(seen);
  if (troubles.length === 0) return undefined;
  const end = after(earliest(troubles.map(({ since }) => since)), policy.deadline);
  return {
    do: 'hold',
    until: isPast(end, now) ? 'resumed' : end,
    because: [...troubles.map(inEvidence), ...evidenceOf(failures)],
  };
};

const blinding = (seen: Observation): Trouble[] => [
  ...seen.troubles.filter(({ source }) => source !== 'prometheus'),
  ...syncError(seen),
];

/** Error isn’t Failed (Kargo): Argo CD couldn’t try, so this says nothing about the release. */
const syncError = ({ application: { operation } }: Observation): Trouble[] =>
  operation?.phase === 'Error'
    ? [
        {
          source: 'argocd',
          message: operation.message,
          since: operation.finishedAt ?? operation.startedAt,
        },
      ]
    : [];

export const inEvidence = (trouble: Trouble): Circumstance => ({ kind: 'trouble', ...trouble });
