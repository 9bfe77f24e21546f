import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A W3C trace context: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface Trace {
  /** 32 hex digits, the same from the first request to the last effect. */
  readonly traceId: string;
  /** 16 hex digits, of this step. */
  readonly spanId: string;
}

const storage = new AsyncLocalStorage<Trace>();
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace of whatever runs now; undefined outside of one. */
export const currentTrace = (): Trace | undefined => storage.getStore();

/** Runs `work` as the next step of the trace in `traceparent`, or of a new one when there is none. */
export const withTrace = <Result>(traceparent: string | undefined, work: () => Result): Result =>
  storage.run(
    {
      traceId: pattern.exec(traceparent ?? '')?.[1] ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
    },
    work,
  );

export const toTraceparent = ({ traceId, spanId }: Trace): string => `00-${traceId}-${spanId}-01`;
export const traceIdOf = (traceparent: string | undefined): string | null =>
  pattern.exec(traceparent ?? '')?.[1] ?? null;
