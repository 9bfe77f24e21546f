/**
 * How long to wait before a try: doubling from half a second to half a minute, and of that a random
 * half, so that the devices of a service that comes back don't all knock at once.
 * @param attempt 0 for the first try after a failure
 * @param random in [0, 1)
 * @returns ms
 */
export const backoff = (attempt: number, random: number): number =>
  Math.min(30_000, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);
