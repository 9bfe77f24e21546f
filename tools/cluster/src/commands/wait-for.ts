import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** ms */
  readonly within: number;
  readonly signal: AbortSignal;
  /** Asked in the end for what is in the way. */
  readonly why: () => Promise<readonly string[]>;
}

/** It doesn't get well; the message names what is in the way. */
export class NotWell extends Error {
  override readonly name = 'NotWell';
}

/** ms between two looks */
const interval = 1_000;

/**
 * Waits for what may take minutes.
 *
 * @param what e.g. `the product is well`
 * @throws NotWell
 */
export const waitFor = async (
  what: string,
  holds: () => Promise<boolean>,
  { within, signal, why }: WaitOptions,
): Promise<void> => {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) {
      const reasons = await why();
      throw new NotWell([`Waited ${within / 60_000} minutes in vain until ${what}:`, ...reasons].join('\n'));
    }
    await pause(interval, undefined, { signal });
  }
};
