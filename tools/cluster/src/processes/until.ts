import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two looks */
const interval = 100;

/**
 * Waits until `holds` answers true; an error of it is a "not yet".
 * @param what for the message, e.g. `the API server answers`
 * @param within ms
 * @throws Error that names `what`, with the last error as its cause
 */
export async function until(what: string, within: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + within;
  let cause: unknown;
  for (;;) {
    try {
      if (await holds()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) break;
    await sleep(interval);
  }
  const last = cause instanceof Error ? `: ${cause.message}` : '';
  throw new Error(`Waited ${Math.round(within / 1000)} s in vain until ${what}${last}`, { cause });
}
