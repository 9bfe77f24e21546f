import { overdue } from './still-coming';
import type { Rule } from './rule';

/**
 * Git names a release that the Application doesn’t name yet. What fails now is the one before, and the
 * new one may be its cure: it is the new one’s turn.
 */
export const notTaken: Rule = (at) => {
  const reason = at.missing.find(({ kind }) => kind === 'not-taken');
  return reason && (overdue(at, [reason]) ?? { do: 'wait', until: at.deadline, because: [reason] });
};
