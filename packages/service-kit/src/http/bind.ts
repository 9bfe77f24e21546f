import { pathOf, type Api, type InputOf, type Operation, type OutputOf } from '@almanac/contracts';
import { AppError, type Actor, type Issue } from '@almanac/kernel';
import type { z } from 'zod';
import { fingerprintOf, type IdempotencyClaim } from '../idempotency';
import { readJson } from './body';

/** What the few operations that are about HTTP itself (sign-in) may see and say of it. */
export interface Exchange {
  readonly ip: string;
  /** The host that was asked, with its port. */
  readonly host: string;
  /** The origin of the page that asks, if a browser says so. */
  readonly origin: string | undefined;
  cookie(name: string): string | undefined;
  /** `Set-Cookie` adds one; any other header is replaced. */
  setHeader(name: string, value: string): void;
}

/** A request as the rows see it, free of Koa. */
export interface Incoming extends Exchange {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string;
  /** Null without a token. Counts the request against the limit of the user, or of the address. */
  authenticate(): Promise<Actor | null>;
  /** Counts the request against the limit of its address. */
  limitAddress(): Promise<void>;
  readonly raw: Parameters<typeof readJson>[0];
}

export interface Outgoing {
  readonly status: number;
  readonly body?: unknown;
  readonly etag?: string;
  /** Where the browser shall go on. */
  readonly location?: string;
}

/** The use-case behind each operation of an API. */
export type Handlers<Deps, Operations extends Record<string, Operation>> = {
  readonly [Name in keyof Operations]: (
    deps: Deps,
    actor: Operations[Name]['scope'] extends 'public' ? Actor | null : Actor,
    input: InputOf<Operations[Name]>,
    exchange: Exchange,
  ) => Promise<OutputOf<Operations[Name]>>;
};

export interface BoundOperation {
  readonly operation: Operation;
  readonly path: string;
  run(request: Incoming): Promise<Outgoing>;
}

/**
 * Binds an API's rows to use-cases.
 *
 * @param once gives the deps of a request with an `Idempotency-Key`; needed where a row has `idempotent`
 */
export function bind<Deps, Operations extends Record<string, Operation>>(
  api: Api<Operations>,
  handlers: Handlers<Deps, Operations>,
  deps: Deps,
  once?: (claim: IdempotencyClaim) => Deps,
): BoundOperation[] {
  return Object.entries(api.operations).map(([name, operation]) => ({
    operation,
    path: pathOf(api, operation),
    run: async (request) => {
      const actor = await authorize(operation, request);
      const input = await readInput(operation, request);
      const handler = handlers[name] as (
        deps: Deps,
        actor: Actor | null,
        input: unknown,
        exchange: Exchange,
      ) => Promise<unknown>;
      const claim = operation.idempotent ? claimOf(name, request, input) : null;
      const body = await handler(claim && once ? once(claim) : deps, actor, input, request);
      if (operation.redirects) return { status: 303, location: body as string };
      return {
        status: operation.output ? (operation.status ?? 200) : 204,
        body,
        ...(isVersioned(body) && { etag: `"${body.version}"` }),
      };
    },
  }));
}

const isVersioned = (body: unknown): body is { version: number } =>
  typeof body === 'object' && body !== null && 'version' in body && typeof body.version === 'number';

async function authorize({ scope }: Operation, request: Incoming): Promise<Actor | null> {
  if (scope === 'public') {
    await request.limitAddress();
    return null;
  }
  const actor = await request.authenticate();
  if (actor === null) throw new AppError('unauthenticated', 'Send `Authorization: Bearer <access token>`.');
  if (!actor.scopes.includes(scope)) throw new AppError('forbidden', `The token lacks the scope ${scope}.`);
  return actor;
}

async function readInput(operation: Operation, request: Incoming): Promise<unknown> {
  const issues: Issue[] = [];
  const check = (schema: z.ZodType, value: unknown): object => {
    const result = schema.safeParse(value);
    if (result.success) return result.data as object;
    issues.push(...result.error.issues.flatMap(describe));
    return {};
  };
  // An id in the path that can't be one names nothing: 404, as for any other that isn't there.
  if (operation.params && !operation.params.safeParse(request.params).success)
    throw new AppError('not_found', 'There is no such thing; ids are UUIDs.');
  const input = {
    ...(operation.params && check(operation.params, request.params)),
    ...(operation.query
      ? check(operation.query, queryObject(request.query))
      : noQuery(request.query, issues)),
    ...(operation.body && check(operation.body, await readJson(request.raw))),
    ...(operation.ifMatch && { version: versionOf(request.header('if-match'), operation.ifMatch) }),
  };
  if (issues.length > 0) throw invalidInput(issues);
  return input;
}

/** A body of nonsense could have 30,000 things wrong with it; nobody reads more than these. */
const mostIssues = 50;

function invalidInput(all: readonly Issue[]): AppError {
  const issues = all.slice(0, mostIssues);
  const texts = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (all.length > mostIssues) texts.push(`and ${all.length - mostIssues} more`);
  return new AppError('invalid_input', texts.join('; '), { issues });
}

const describe = (issue: z.core.$ZodIssue): Issue[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        path: [...issue.path, key].map(String).join('.'),
        message: 'is not known here',
      }))
    : [{ path: issue.path.map(String).join('.'), message: issue.message }];

/** A parameter that comes once is a string, one that comes again is a list. */
function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    object[name] = values.length === 1 ? values[0]! : values;
  }
  return object;
}

const noQuery = (query: URLSearchParams, issues: Issue[]): object => {
  for (const name of new Set(query.keys())) issues.push({ path: name, message: 'is not known here' });
  return {};
};

/** `If-Match: "7"`, as the ETag was given; a weak or a list can't say which version is meant. */
function versionOf(header: string, need: 'optional' | 'required'): number | undefined {
  if (header === '' || header === '*') {
    if (need === 'required' && header === '')
      throw new AppError('precondition_required', 'Send `If-Match` with the ETag that you last read.');
    if (header === '*' && need === 'required')
      throw new AppError(
        'precondition_required',
        'If-Match: * names no version; send the ETag that you last read.',
      );
    return undefined;
  }
  const version = /^"([1-9]\d{0,8})"$/.exec(header)?.[1];
  if (version === undefined)
    throw new AppError('malformed_request', 'If-Match must be one ETag as it was given, e.g. "7".');
  return Number(version);
}

function claimOf(operation: string, request: Incoming, input: unknown): IdempotencyClaim | null {
  const key = request.header('idempotency-key');
  if (key === '') return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new AppError('malformed_request', 'Idempotency-Key must have 1 to 200 visible ASCII characters.');
  return { key, fingerprint: fingerprintOf(operation, input) };
}
