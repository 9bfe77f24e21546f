import { Client, type QueryResult } from 'pg';

/** A statement on its way to PostgreSQL. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly client: Client;
  /** What ran before it in the same transaction. */
  readonly earlier: readonly string[];
}

export type Send = (statement: Statement) => Promise<QueryResult>;

/** Stands between the product and PostgreSQL: sends a statement on, or doesn't, or sends another. */
export type Interceptor = (statement: Statement, send: Send) => Promise<QueryResult>;

/** As pg.Pool gives one. */
type Callback = (error: unknown, answer?: QueryResult) => void;

const begins = /^\s*begin\b/i;
const ends = /(^rollback|\bcommit)$/i;

/**
 * Puts interceptors before every statement of this process that is given as text, as all of the
 * product's are; the first is the outermost. So the product has no code in it for being broken.
 */
export function interceptStatements(interceptors: readonly Interceptor[]): void {
  const query = Object.getOwnPropertyDescriptor(Client.prototype, 'query')!.value as (
    this: Client,
    ...args: unknown[]
  ) => unknown;
  const transactions = new WeakMap<Client, string[]>();

  const earlierThan = (client: Client, text: string): readonly string[] => {
    const earlier = [...(transactions.get(client) ?? [])];
    if (begins.test(text)) transactions.set(client, []);
    else if (ends.test(text)) transactions.delete(client);
    else transactions.get(client)?.push(text);
    return earlier;
  };
  const send = interceptors.reduceRight<Send>(
    (next, interceptor) => (statement) => interceptor(statement, next),
    ({ client, text, values }) => query.call(client, text, [...values]) as Promise<QueryResult>,
  );
  function intercepted(this: Client, ...args: unknown[]): unknown {
    const [text, second, third] = args;
    if (typeof text !== 'string') return query.apply(this, args);
    const values = Array.isArray(second) ? (second as unknown[]) : [];
    const result = send({ text, values, client: this, earlier: earlierThan(this, text) });
    const callback = [second, third].find((arg) => typeof arg === 'function') as Callback | undefined;
    if (callback === undefined) return result;
    result.then(
      (answer) => callback(null, answer),
      (error: unknown) => callback(error),
    );
    return undefined;
  }
  Client.prototype.query = intercepted as typeof Client.prototype.query;
}
