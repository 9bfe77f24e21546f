import type { Clock, Instant } from '@almanac/kernel';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** @param ms milliseconds; negative ones go back */
  advance(ms: number): void;
  set(instant: Instant): void;
}

export function createManualClock(start: Instant = '2026-11-21T09:30:00.000Z'): ManualClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now).toISOString(),
    advance: (ms) => {
      now += ms;
    },
    set: (instant) => {
      now = Date.parse(instant);
    },
  };
}
