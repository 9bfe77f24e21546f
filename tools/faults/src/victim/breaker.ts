import type { RequestListener, ServerResponse } from 'node:http';
import { notesEvent, recordsEvent, type CrashPoint, type Match } from './crash-points';
import type { Interceptor, Statement } from './statements';

/** Breaks this process where it is told to; until then, everything passes. */
export interface Breaker {
  readonly interceptor: Interceptor;
  /** Around the product's request listener. */
  listener(handle: RequestListener): RequestListener;
  /** Dies the `nth` time, counted from now, that execution comes to the point. */
  arm(point: CrashPoint, nth: number): void;
  /** Makes every third event fail, the first time it is handled, in both groups. */
  letConsumersFail(): void;
}

export function createBreaker(): Breaker {
  let armed: CrashPoint | null = null;
  let left = 0;
  let failing: readonly RegExp[] = [];
  const events = new Set<unknown>();

  const failFirst = ({ text, values: [, event] }: Statement): void => {
    if (!failing.some((pattern) => pattern.test(text)) || events.has(event)) return;
    events.add(event);
    if (events.size % 3 === 0) throw new Error('made to fail by the fault harness');
  };

  return {
    interceptor: async (statement, send) => {
      failFirst(statement);
      if (armed === null || armed.at === 'answer' || !matches(armed.at, statement) || --left !== 0)
        return send(statement);
      if (armed.side === 'before') return die();
      const answer = send(statement);
      // By the next turn of the loop the kernel has the statement, and delivers it also for the dead.
      await (armed.side === 'during' ? new Promise(setImmediate) : answer);
      return die();
    },
    listener: (handle) => (request, response) => {
      const dieIfDue = (side: CrashPoint['side']) => {
        if (armed?.at !== 'answer' || armed.side !== side) return;
        if (request.method !== 'GET' && response.statusCode < 300 && --left === 0) void die();
      };
      beforeEnd(response, () => dieIfDue('before'));
      response.once('finish', () => dieIfDue('after'));
      handle(request, response);
    },
    arm: (point, nth) => {
      armed = point;
      left = nth;
      failing = point.failing ? [point.failing] : [];
    },
    letConsumersFail: () => {
      failing = [recordsEvent, notesEvent];
    },
  };
}

/** As when the kernel or a person kills it: no handler runs, nothing is flushed. Nothing comes after. */
const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
};

const matches = ({ statement, within }: Match, { text, earlier }: Statement): boolean =>
  statement.test(text) && (within === undefined || earlier.some((step) => within.test(step)));

function beforeEnd(response: ServerResponse, work: () => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    work();
    return end(...args);
  }) as ServerResponse['end'];
}
