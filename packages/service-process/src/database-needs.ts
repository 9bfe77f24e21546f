import { setTimeout as pause } from 'node:timers/promises';
import {
  connectionOf,
  schemaLacks,
  schemaVersion,
  type DatabaseConfig,
  type SchemaDefinition,
} from '@almanac/database';
import { jobsSchema, jobsVersion } from '@almanac/scheduling';
import { Client } from 'pg';

/** Something that a process can't begin without. */
export interface Need {
  /** Who needs it, e.g. the role. */
  readonly name: string;
  /** @returns what is missing, in words; null when nothing is. @throws Error when that can't be told */
  lack(): Promise<string | null>;
}

type Query = <Row>(sql: string) => Promise<Row[]>;

const ask =
  (database: DatabaseConfig, question: (query: Query) => Promise<string | null>): Need['lack'] =>
  async () => {
    const client = new Client({
      ...connectionOf(database),
      application_name: 'almanac-start',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    client.on('error', () => undefined); // the question fails as well
    try {
      await client.connect();
      return await question(async <Row>(sql: string) => (await client.query(sql)).rows as Row[]);
    } finally {
      await client.end().catch(() => undefined);
    }
  };

/** That a service's role can sign in and finds its schema, new enough. */
export const schemaNeed = (database: DatabaseConfig, schema: SchemaDefinition): Need => ({
  name: database.user,
  lack: ask(database, async (query) => schemaLacks(await schemaVersion(query, schema.name), schema)),
});

/** The same for the tables of the jobs. */
export const jobsNeed = (database: DatabaseConfig): Need => ({
  name: database.user,
  lack: ask(database, async (query) => {
    const [row] = await query<{ version: number | null }>(
      `select max(version) as version from ${jobsSchema}.migration`,
    );
    const version = row?.version ?? 0;
    return version < jobsVersion ? `schema ${jobsSchema} is at ${version}, ${jobsVersion} is needed` : null;
  }),
});

/** SQLSTATE of a schema or table that isn't there. */
const notMigrated = new Set(['3F000', '42P01']);

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const text = error.message || String(code); // of several addresses that all refuse, Node says no more
  return notMigrated.has(String(code)) ? `${text}; the migrations haven’t run yet` : text;
}

const lackOf = async ({ name, lack }: Need): Promise<string | null> => {
  const problem = await lack().catch(describe);
  return problem === null ? null : `${name}: ${problem}`;
};

/** Milliseconds between looks. */
const lookEvery = 1_000;

/**
 * Waits until nothing is missing: a database that starts, or is migrated, at the same time as its
 * services is no reason for them to crash.
 *
 * @param tell hears what is missing, each time that it is something else
 * @throws AbortError when the signal comes first
 */
export async function waitFor(
  needs: readonly Need[],
  tell: (missing: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let told = '';
  for (;;) {
    const lacks = await Promise.all(needs.map(lackOf));
    const missing = lacks.filter((lack) => lack !== null).join('; ');
    if (missing === '') return;
    if (missing !== told) tell((told = missing));
    await pause(lookEvery, undefined, { signal });
  }
}
