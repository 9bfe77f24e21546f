import { evidenceOf, isStable } from '../situation';
import type { Rule } from './rule';

/**
 * It hurt once, here or in another environment, and somebody brought it all the same. That is a
 * person’s business: neither taken back nor trusted. Where it was stable before it hurt elsewhere, it
 * stays that.
 */
export const quarantinedRelease: Rule = (at) => {
  const entry = at.past.quarantined.find(({ id }) => id === at.release.id);
  if (!entry || isStable(at)) return undefined;
  const { environment, at: when, because } = entry;
  return {
    do: 'hold',
    until: 'resumed',
    because: [
      { kind: 'quarantined', release: at.release.id, environment, at: when, because },
      ...evidenceOf(at.failures),
    ],
  };
};
