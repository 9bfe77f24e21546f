import type { Problem } from '@almanac/contracts';

/** An answer that takes longer than this won't come: what was asked can be asked again. Milliseconds. */
const PATIENCE = 20_000;

/** The service answered that it can't be done, and said why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'Refused';
  }

  /** What is wrong with one field of what was sent, or undefined. */
  issue(path: string): string | undefined {
    return this.problem.issues?.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))
      ?.message;
  }
}

/** No answer, or none of ours: the network, a proxy, a service that is starting. Trying again makes sense. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('Almanac can’t be reached at the moment.', { cause });
    this.name = 'Unreachable';
  }
}

/** Whether an error is of the kind that time mends. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Refused && [429, 500, 503].includes(error.problem.status));

/** What to tell a person about an error. */
export const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface Request {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  params?: URLSearchParams;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Speaks JSON with the API of this page's own origin; the session's cookie goes along. */
export type Http = <Answer>(path: string, request?: Request) => Promise<Answer>;

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body;

/** @throws Refused, Unreachable, or what aborted the request */
export const createHttp =
  (fetch: typeof globalThis.fetch): Http =>
  async <Answer>(path: string, { method = 'GET', params, body, headers, signal }: Request = {}) => {
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`/api/v1${path}${params ? `?${params.toString()}` : ''}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])]),
      });
      answer = response.status === 204 ? undefined : await response.json();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable(error);
    }
    if (response.ok) return answer as Answer;
    throw isProblem(answer) ? new Refused(answer) : new Unreachable(response.status);
  };
