/** An instant, RFC 3339 and in UTC, such as `2026-11-21T14:05:00Z`; git’s own have an author’s offset. */
export type Instant = `${string}Z`;
export type Seconds = number;

/** @throws RangeError when the text is no instant */
export const instant = (text: string): Instant => new Date(text).toISOString() as Instant;

export const after = (start: Instant, seconds: Seconds): Instant =>
  new Date(Date.parse(start) + seconds * 1_000).toISOString() as Instant;

export const secondsBetween = (from: Instant, to: Instant): Seconds =>
  (Date.parse(to) - Date.parse(from)) / 1_000;

export const isPast = (moment: Instant, now: Instant): boolean => secondsBetween(moment, now) >= 0;

/** Of one or more instants. */
export const earliest = (instants: readonly Instant[]): Instant =>
  instants.reduce((first, other) => (secondsBetween(first, other) < 0 ? other : first));
