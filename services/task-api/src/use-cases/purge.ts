import type { Clock } from '@almanac/kernel';
import type { Housekeeping } from '../ports';

const day = 24 * 60 * 60 * 1000;

/** Removes for good what was deleted over 30 days ago, and keys and inbox entries past their use. */
export async function purge({
  housekeeping,
  clock,
}: {
  housekeeping: Housekeeping;
  clock: Clock;
}): Promise<void> {
  const before = (days: number) => new Date(Date.parse(clock.now()) - days * day).toISOString();
  await housekeeping.removeDeleted(before(30));
  await housekeeping.removeIdempotencyKeys(before(1));
}
