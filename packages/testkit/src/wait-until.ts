import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds before giving up. */
  readonly timeout?: number;
  /** Milliseconds between looks. */
  readonly every?: number;
  /** What is waited for, for the message; a function is asked at the end, and can say how far it came. */
  readonly until?: string | (() => unknown);
}

type Truthy<Value> = Exclude<Value, false | 0 | '' | null | undefined>;

/**
 * Waits for a condition instead of sleeping: as short as possible on a fast machine, long enough on
 * a slow one. A condition that throws isn't met yet.
 *
 * @returns the condition's truthy value
 * @throws Error after `timeout`, with what the condition threw last as its cause
 */
export async function waitUntil<Value>(
  condition: () => Value | Promise<Value>,
  { timeout = 5_000, every = 10, until = 'the condition held' }: WaitOptions = {},
): Promise<Truthy<Awaited<Value>>> {
  const deadline = performance.now() + timeout;
  for (;;) {
    let cause: unknown;
    try {
      const value = await condition();
      if (value) return value as Truthy<Awaited<Value>>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const what = typeof until === 'string' ? until : JSON.stringify(until());
      throw new Error(`waited ${timeout} ms in vain until ${what}`, { cause });
    }
    await pause(every);
  }
}
