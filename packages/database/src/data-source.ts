import { DataSource, type EntitySchema } from 'typeorm';
import * as pg from 'pg';
import { TypeOverrides, types, type Client } from 'pg';
import type { Instant } from '@almanac/kernel';
import type { DatabaseConfig } from './connection';

const utc = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?\+00$/;

/**
 * PostgreSQL's text for a timestamptz under `TimeZone = UTC`, as RFC 3339 with milliseconds. What
 * has no such form (`infinity`, a year beyond 9999) stays as it is.
 *
 * A `Date` would cost a parse on the way in and a format on the way out, and a page of 50 tasks has
 * 200 of them.
 *
 * @param text e.g. `2026-11-21 09:30:00.5+00`
 */
const toInstant = (text: string): Instant => {
  const parts = utc.exec(text);
  return parts ? `${parts[1]}T${parts[2]}.${(parts[3] ?? '').padEnd(3, '0')}Z` : text;
};

/** Only for our connections: others in this process (BullMQ's) keep node-postgres's own. */
const typeParsers = new TypeOverrides();
typeParsers.setTypeParser(types.builtins.TIMESTAMPTZ, toInstant);
/** bigint columns are sequence numbers here, far below 2^53. Money has a column type of its own. */
typeParsers.setTypeParser(types.builtins.INT8, Number);

/**
 * An error of a connection that nobody hears ends the process. The pool hears it while the connection
 * is idle, TypeORM from a moment after it has taken it, to the first error; in between, a server that
 * shuts down at that moment would take us with it. Whoever uses the connection learns it from its query.
 */
const alwaysHear = (client: Client): void => {
  client.on('error', () => undefined);
};

/**
 * A TypeORM data source for one service, as its own role and in its own schema.
 *
 * The time limits turn a stuck statement, lock or forgotten transaction into an error that is
 * answered or retried, rather than into a pool without free connections.
 *
 * @param schema also the service's name with `_` for `-`
 */
export const createDataSource = (
  config: DatabaseConfig,
  schema: string,
  entities: EntitySchema[] = [],
): DataSource =>
  new DataSource({
    type: 'postgres',
    driver: pg, // TypeORM would look for it by name, and find nothing in a program of a single file
    host: config.host,
    port: config.port,
    database: config.database,
    username: config.user,
    password: config.password,
    ssl: config.ca === undefined ? false : { ca: config.ca },
    schema,
    entities,
    poolSize: config.poolSize,
    applicationName: `almanac-${schema.replaceAll('_', '-')}`,
    connectTimeoutMS: 5_000,
    synchronize: false,
    installExtensions: false,
    extra: {
      statement_timeout: 5_000,
      lock_timeout: 3_000,
      idle_in_transaction_session_timeout: 15_000,
      keepAlive: true,
      types: typeParsers,
      onConnect: alwaysHear,
      options: '-c timezone=UTC',
    },
  });
