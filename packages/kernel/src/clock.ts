/** An instant in UTC as RFC 3339 with milliseconds, e.g. `2026-11-21T09:30:00.000Z`. */
export type Instant = string;

/** The only source of "now" for use-cases and domain code. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };
