import type { Decision } from '../decision';
import type { Evidence } from '../evidence';
import { earliest, isPast } from '../instant';
import type { Situation } from '../situation';
import { readyDue } from '../symptoms/workloads';
import type { Rule } from './rule';

/** The release isn’t all there yet. */
export const stillComing: Rule = (at) => {
  const { missing, seen, policy, deadline } = at;
  if (missing.length === 0) return undefined;
  const dues = seen.workloads.flatMap((workload) => readyDue(workload, policy) ?? []);
  return overdue(at, missing) ?? { do: 'wait', until: earliest([deadline, ...dues]), because: missing };
};

/**
 * A release that never gets healthy never gets unhealthy either (kargo #5455), so each has a deadline
 * of its own.
 */
export const overdue = ({ deadline, now }: Situation, because: readonly Evidence[]): Decision | undefined =>
  isPast(deadline, now)
    ? { do: 'hold', until: 'resumed', because: [{ kind: 'deadline-passed', deadline }, ...because] }
    : undefined;
