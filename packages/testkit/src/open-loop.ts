import { setTimeout as pause } from 'node:timers/promises';

export interface OpenLoopOptions {
  /** Requests a second. */
  readonly rate: number;
  /** One request; rejects when it failed. `number` counts from 0. */
  readonly request: (number: number) => Promise<void>;
  /** Ends the load; what is on its way is waited for. */
  readonly until: (sent: number) => boolean;
}

export interface OpenLoopReport {
  readonly sent: number;
  /** The error of each request that failed, with when it was due, in milliseconds from the start. */
  readonly failures: readonly { readonly at: number; readonly error: string }[];
  /** Milliseconds from when each was *due* to its answer, so that a stall counts for all it held up. */
  readonly latencies: readonly number[];
}

/**
 * Sends requests at a fixed rate whether or not the earlier ones were answered, as users do.
 *
 * A closed loop would send less while the service is slow and so hide what it is there to find
 * ("coordinated omission", Gil Tene, How NOT to Measure Latency).
 */
export async function openLoop({ rate, request, until }: OpenLoopOptions): Promise<OpenLoopReport> {
  const failures: { at: number; error: string }[] = [];
  const latencies: number[] = [];
  const underway = new Set<Promise<void>>();
  const begin = performance.now();
  let sent = 0;

  const send = (number: number) => {
    const due = (number / rate) * 1000;
    const one = request(number)
      .then(
        () => void latencies.push(performance.now() - begin - due),
        (error: unknown) => void failures.push({ at: due, error: describe(error) }),
      )
      .finally(() => underway.delete(one));
    underway.add(one);
  };

  while (!until(sent)) {
    const due = Math.floor(((performance.now() - begin) / 1000) * rate);
    while (sent <= due && !until(sent)) send(sent++);
    await pause(1);
  }
  await Promise.all(underway);
  return { sent, failures, latencies };
}

/** With its causes: fetch says only that it failed. */
const describe = (error: unknown): string =>
  error instanceof Error
    ? [error.message, error.cause === undefined ? '' : describe(error.cause)].filter(Boolean).join(': ')
    : String(error);
