import { earliest } from '../instant';
import { evidenceOf, isSettled, settles } from '../situation';
import type { Rule } from './rule';

/** A blip passes by itself, and a common cause takes a moment to show on the others. */
export const settling: Rule = (at) => {
  const fresh = at.failures.filter(({ symptom }) => !isSettled(at, symptom));
  if (fresh.length === 0) return undefined;
  const until = earliest(fresh.map(({ symptom }) => settles(at, symptom)));
  return { do: 'wait', until, because: evidenceOf(fresh) };
};
