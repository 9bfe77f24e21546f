import type { Evidence } from '../evidence';
import type { Observation } from '../observation';
import { inEvidence } from './cannot-see';
import { overdue } from './still-coming';
import type { Rule } from './rule';

/** No data is neither pass nor failure (argo-rollouts #1905): a quiet environment has a synthetic user. */
export const noData: Rule = (at) => {
  const silent = withoutData(at.seen).map((subject): Evidence => ({ kind: 'no-data', subject }));
  if (silent.length === 0) return undefined;
  const because = [...at.seen.troubles.map(inEvidence), ...silent];
  return overdue(at, because) ?? { do: 'hold', until: at.deadline, because };
};

const withoutData = ({ objectives, queues }: Observation): string[] => [
  ...objectives.filter(({ burn }) => burn === 'no data').map(({ name }) => name),
  ...queues
    .filter(({ lag, deadLetters }) => lag === 'no data' || deadLetters === 'no data')
    .map(({ name }) => name),
];
