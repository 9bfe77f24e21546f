import type { Clock } from '@almanac/kernel';
import type { Housekeeping } from '../ports';

/** Removes sessions and counts of attempts that have ended. */
export async function purge({
  housekeeping,
  clock,
}: {
  housekeeping: Housekeeping;
  clock: Clock;
}): Promise<void> {
  await housekeeping.removeSessions(clock.now());
  await housekeeping.removeAttempts(clock.now());
}
