import type { Instant } from '@almanac/kernel';
import { Temporal } from 'temporal-polyfill';

/** A due time as a person says it: the clock on the wall, and where that wall is. */
export interface WallTime {
  /** Local date and time to the minute, e.g. `2026-11-21T09:30`. */
  readonly local: string;
  /** An IANA time zone. */
  readonly zone: string;
}

/** With the instant that it names under the zone's rules as they are known today. */
export interface Due extends WallTime {
  readonly at: Instant;
}

/**
 * The instant that a wall-clock time names.
 *
 * A time that the clocks skip in spring is read with the offset from before, so it comes as much
 * later as was skipped; of a time that comes twice in autumn the first is meant (`compatible`, RFC
 * 5545 3.3.5 and Temporal's default).
 */
export const dueAt = ({ local, zone }: WallTime): Due => ({
  local,
  zone,
  at: new Date(
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' })
      .epochMilliseconds,
  ).toISOString(),
});
