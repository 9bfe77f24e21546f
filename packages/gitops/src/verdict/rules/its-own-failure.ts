import { isSettled } from '../situation';
import { refrains } from './refrain';
import type { Rule } from './rule';

/** The release hurts: back to the stable one, unless something forbids it. */
export const itsOwnFailure: Rule = (at) => {
  const symptoms = at.failures
    .filter(({ symptom, excuse }) => excuse === undefined && isSettled(at, symptom))
    .map(({ symptom }) => symptom);
  if (symptoms.length === 0) return undefined;
  const reasons = refrains(at, symptoms);
  const { stable } = at.past;
  return stable && reasons.length === 0
    ? { do: 'roll-back', from: at.release.id, to: stable.id, because: symptoms }
    : { do: 'hold', until: 'resumed', because: [...symptoms, ...reasons] };
};
