import { randomBytes } from 'node:crypto';
import { waitUntil } from '@almanac/testkit';
import type { Operation } from './ledger';

/** Milliseconds until an answer is given up. */
const patience = 10_000;

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** A task as a client sees it. */
export interface Seen {
  readonly id: string;
  readonly version: number;
  readonly state: 'open' | 'completed' | 'deleted';
}

/** The task in an answer. */
export const seenIn = ({ text }: Answer): Seen => {
  const { id, version, status } = JSON.parse(text) as {
    id: string;
    version: number;
    status: 'open' | 'completed';
  };
  return { id, version, state: status };
};

/** Speaks to the product for one user. Null is an answer that never came: nobody knows what was done. */
export interface Client {
  /** Sends a wish; the same bytes each time, but for the span. @param version the one that is to be changed */
  send(operation: Operation, version: number | null): Promise<Answer | null>;
  read(taskId: string): Promise<Answer | null>;
}

export interface ClientOptions {
  /** Where the product is now; null while it is down. */
  readonly url: () => string | null;
  /** Ends requests, and the waiting for a product that is down. */
  readonly signal: AbortSignal;
}

export function createClient(userId: string, { url, signal }: ClientOptions): Client {
  const request = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<Answer | null> => {
    const base = await waitUntil(() => signal.aborted || url(), {
      timeout: 60_000,
      every: 2,
      until: 'the product was up again',
    });
    signal.throwIfAborted();
    try {
      const response = await fetch(`${String(base)}/api/v1/tasks${path}`, {
        method,
        headers: {
          authorization: `Bearer ${userId}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        signal: AbortSignal.any([AbortSignal.timeout(patience), signal]),
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
    } catch {
      return null;
    }
  };
  return {
    read: (taskId) => request('GET', `/${taskId}`),
    send: ({ id, kind, taskId }, version) => {
      const headers = {
        traceparent: `00-${id}-${randomBytes(8).toString('hex')}-01`,
        ...(kind === 'create' && { 'idempotency-key': id }),
        ...(kind !== 'create' && kind !== 'restore' && { 'if-match': `"${version}"` }),
      };
      switch (kind) {
        case 'create':
          return request('POST', '', headers, { title: `Wish ${id}` });
        case 'update':
          return request('PATCH', `/${taskId}`, headers, { description: `As of ${id}` });
        case 'delete':
          return request('DELETE', `/${taskId}`, headers);
        default:
          return request('POST', `/${taskId}/${kind}`, headers);
      }
    },
  };
}
