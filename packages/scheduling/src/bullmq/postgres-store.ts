import {
  createPostgresBackend,
  LATEST_SCHEMA_VERSION,
  quoteSchemaName,
  runMigrations,
  withBackend,
} from 'bullmq';
import { escapeIdentifier, type Client } from 'pg';
import type { BullmqStore, Ended, Stored } from './store';

/** Where BullMQ's tables are, unless said. */
export const jobsSchema = 'jobs';

/** Who schedules jobs, for whichever service. */
export const jobsRole = 'almanac_jobs';

export interface PostgresStoreOptions {
  /** As a role that {@link migrateJobs} was told of: `postgres://role:password@host:5432/database`. */
  readonly connectionString: string;
  /** TLS with the server's certificate verified against this CA (PEM). */
  readonly ca?: string | undefined;
  readonly schema?: string;
}

/**
 * How the scheduler's sessions differ from others. For 10,000 jobs of one instant PostgreSQL 15 needed
 * 19 to 38 s of CPU without them, and 4 s with them.
 */
const sessionSettings = [
  // A queue is empty now and has thousands of rows in a moment. Statistics never keep up, and a plan made
  // while it was empty reads all of it for each job: so let the planner always take an index.
  '-c enable_seqscan=off',
  '-c enable_bitmapscan=off',
  '-c jit=off', // what can't do without a sequential scan would look costly enough to be compiled
  // If the database's machine dies, what was scheduled in its last half second may be gone. The owner's
  // rows are the truth, and its sweep schedules that anew.
  '-c synchronous_commit=off',
];

/**
 * Jobs in PostgreSQL.
 *
 * A scheduler that runs jobs holds two connections: one that listens, and one that keeps the books
 * (up to 4 while many jobs end at once). Scheduling takes up to 2 more, given back after 10 s.
 */
export function postgresStore({
  connectionString,
  ca,
  schema = jobsSchema,
}: PostgresStoreOptions): BullmqStore {
  const bullmq = withBackend(createPostgresBackend);
  const url = new URL(connectionString);
  const options = [url.searchParams.get('options') ?? '', ...sessionSettings].join(' ').trim();
  url.searchParams.delete('options'); // they would win over those beside it, also over BullMQ's search_path
  // Not one pool for all: of a pool that it is given, BullMQ 6.7 believes that the schema is `bullmq`.
  const pool = (max: number) => ({
    connection: {
      connectionString: url.href,
      options,
      ...(ca !== undefined && { ssl: { ca } }),
      schema,
      max,
      keepAlive: true,
      idleTimeoutMillis: 10_000,
    },
  });
  return {
    queue: (name, options) => new bullmq.Queue<Stored, Ended>(name, { ...options, ...pool(2) }),
    worker: (name, run, options) => new bullmq.Worker<Stored, Ended>(name, run, { ...options, ...pool(4) }),
  };
}

/** The version of BullMQ's tables that this release needs; one that is newer does as well. */
export const jobsVersion = LATEST_SCHEMA_VERSION;

/**
 * Brings BullMQ's tables to the version this release needs, and lets services use them. Safe to
 * repeat, and to run from several processes at once (BullMQ takes an advisory lock). BullMQ changes
 * them incompatibly only with a new major version of its own.
 *
 * @param owner a connection of its own, as a role that may create the schema
 * @param roles those that services log in with. They may read and write jobs, and create nothing:
 *   BullMQ creates a sequence per queue for ids that it makes up, but the scheduler gives all ids.
 */
export async function migrateJobs(
  owner: Client,
  { schema = jobsSchema, roles }: { readonly schema?: string; readonly roles: readonly string[] },
): Promise<void> {
  await runMigrations(owner, schema);
  const name = quoteSchemaName(schema);
  for (const role of roles.map((role) => escapeIdentifier(role))) {
    // One transaction, one at a time: PostgreSQL doesn't let two change the same grants at once.
    await owner.query(`
      select pg_advisory_xact_lock(hashtextextended('grants of jobs', 0));
      grant usage on schema ${name} to ${role};
      grant select, insert, update, delete on all tables in schema ${name} to ${role};
      revoke insert, update, delete on ${name}.migration from ${role};
      grant usage on all sequences in schema ${name} to ${role};`);
  }
}
