import { createLogger, createMetrics, hostServices, type Logger, type Service } from '@almanac/service-kit';

export * from './tokens';

export const silentLogger: Logger = createLogger('test', 'silent');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON, else the text; null when there is none. A contract's `parse` gives it a type. */
  readonly body: unknown;
}

export interface RequestOptions {
  /** Becomes JSON; a string or bytes go as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends `<method> <path>` with the token it was made for. */
export type Client = (method: string, path: string, options?: RequestOptions) => Promise<Answer>;

/** @param token of `tokenFor`; without one, requests are anonymous */
export const createClient =
  (url: string, token?: string): Client =>
  async (method, path, { body, headers } = {}) => {
    const asIs = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: asIs ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : isJson ? JSON.parse(text) : text,
    };
  };

export interface RunningService {
  /** Of the server's root, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  as(token?: string): Client;
  stop(): Promise<void>;
}

/** Hosts a service on a free port of this machine, as its main would. */
export async function startService(service: Service): Promise<RunningService> {
  const { port, stop } = await hostServices({
    services: [service],
    metrics: createMetrics(),
    logger: silentLogger,
    host: '127.0.0.1',
    port: 0,
  });
  const url = `http://127.0.0.1:${port}`;
  return { url, as: (token) => createClient(url, token), stop };
}
