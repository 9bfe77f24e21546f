import type { ErrorCode, Scope } from '@almanac/kernel';
import { z } from 'zod';

/**
 * One row of an API: everything about an operation but what it does. Authentication, validation,
 * limits, problem+json, metrics, the OpenAPI entry and the page's types follow from it.
 */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API's prefix, with `:name` for parameters, e.g. `/:id/complete`. */
  readonly path: string;
  readonly summary: string;
  /** What the token must allow; `public` needs no token. */
  readonly scope: Scope | 'public';
  /** Whether the session cookie says who asks, instead of a token. */
  readonly session?: true;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The answer's body; none means 204. */
  readonly output?: z.ZodType;
  /** 200 unless said. */
  readonly status?: 200 | 201;
  /** Answers 303 for a browser to follow; the handler gives the URL. */
  readonly redirects?: true;
  /** Whether a version may be given with `If-Match`, or must be. */
  readonly ifMatch?: 'optional' | 'required';
  /** Whether `Idempotency-Key` is understood. */
  readonly idempotent?: true;
  /** The codes this operation can answer with beside the general ones. */
  readonly errors?: readonly ErrorCode[];
}

export interface Api<Operations extends Record<string, Operation> = Record<string, Operation>> {
  readonly tag: string;
  readonly prefix: string;
  readonly operations: Operations;
}

/** All APIs there are: what OpenAPI is made of. */
export const apiCatalogue: Api[] = [];

/** @param prefix the path all operations share, e.g. `/api/v1/tasks` */
export function defineApi<const Operations extends Record<string, Operation>>(
  tag: string,
  prefix: string,
  operations: Operations,
): Api<Operations> {
  const api = { tag, prefix, operations };
  apiCatalogue.push(api);
  return api;
}

/** The path of an operation as a router has it, e.g. `/api/v1/tasks/:id`. */
export const pathOf = ({ prefix }: Pick<Api, 'prefix'>, { path }: Pick<Operation, 'path'>): string =>
  `${prefix}${path === '/' ? '' : path}`;

type Part<O, K extends string> =
  O extends Readonly<Record<K, infer S extends z.ZodType>> ? z.output<S> : unknown;

/** What the use-case behind an operation gets: parameters, query and body as one object, and the version of `If-Match`. */
export type InputOf<O extends Operation> = Part<O, 'params'> &
  Part<O, 'query'> &
  Part<O, 'body'> &
  (O extends { readonly ifMatch: 'required' }
    ? { version: number }
    : O extends { readonly ifMatch: 'optional' }
      ? { version?: number | undefined }
      : unknown);

/** What the use-case behind an operation gives back. */
export type OutputOf<O extends Operation> = O extends { readonly output: infer S extends z.ZodType }
  ? z.input<S>
  : O extends { readonly redirects: true }
    ? string
    : void;

/** A page of a list that is read by cursor. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Where the next page begins; null on the last one.' }),
  });

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** How a list is paged. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2000).optional(),
});

export const Id = z.uuid().meta({ description: 'A UUID.' });
/** PostgreSQL counts years as people do: 1 BC is followed by AD 1, and there is no year 0000. */
const hasYear = (instant: string): boolean => !instant.startsWith('0000');
export const Instant = z.iso
  .datetime()
  .refine(hasYear, 'must be in the year 0001 or later')
  .meta({ description: 'An instant in UTC (RFC 3339).' });
export const ById = z.strictObject({ id: Id });
