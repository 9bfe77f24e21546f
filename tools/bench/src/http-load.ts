import autocannon from 'autocannon';
import { cpuOf } from './measure';

export interface LoadResult {
  readonly perSecond: number;
  /** Microseconds of the server process's CPU. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly seconds: number;
  readonly connections?: number;
  readonly body?: unknown;
}

/**
 * A closed loop at full speed, after a warm-up. Its p99 is of a saturated server; CPU per request is the figure
 * to keep.
 *
 * @throws Error when any answer isn't 2xx: a fast error is no result
 */
export async function load({ url, token, pid, seconds, connections = 8, body }: Load): Promise<LoadResult> {
  const run = (duration: number) =>
    autocannon({
      url,
      connections,
      duration,
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  await run(Math.min(3, seconds));
  const before = cpuOf(pid);
  const result = await run(seconds);
  const cpu = cpuOf(pid) - before;
  const { '2xx': good, non2xx, errors } = result;
  if (non2xx + errors > 0 || good === 0)
    throw new Error(`${url}: ${good} good answers, ${non2xx} bad ones, ${errors} errors`);
  return {
    perSecond: good / result.duration,
    cpu: (cpu * 1000) / good,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
