/** How often and how soon a failing event is tried again. */
export interface RetryPolicy {
  /** Tries in all before it goes to the dead letters; transient failures don't count. */
  readonly attempts: number;
  /** Milliseconds before the second try; doubles with each. */
  readonly firstDelay: number;
  /** Milliseconds at most. */
  readonly maxDelay: number;
}

export const defaultRetry: RetryPolicy = { attempts: 6, firstDelay: 100, maxDelay: 5_000 };

/** For whoever waits until a database or broker is back: an outage is not made worse. */
export const outage: RetryPolicy = { attempts: Infinity, firstDelay: 100, maxDelay: 5_000 };

/** An error that no repetition can mend: an event that breaks its contract, say. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/**
 * Exponential backoff with equal jitter: half of the delay is fixed, half is random, so that many
 * that failed together don't come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt the try that just failed, from 1
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function backoff(
  { firstDelay, maxDelay }: RetryPolicy,
  attempt: number,
  random: number = Math.random(),
): number {
  const ceiling = Math.min(maxDelay, firstDelay * 2 ** (attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
