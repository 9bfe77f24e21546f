import { createHash } from 'node:crypto';
import {
  ensureDatabase,
  ensureRoles,
  migrateAll,
  ownerRole,
  type DatabaseConfig,
  type SchemaDefinition,
} from '@almanac/database';
import { newId } from '@almanac/kernel';
import { Client, escapeIdentifier } from 'pg';
import { testPostgres } from './postgres';

/** How to connect as one role; for `new Client(…)`, `new Pool(…)` and {@link DatabaseConfig}. */
export type Connection = Pick<DatabaseConfig, 'host' | 'port' | 'database' | 'user' | 'password'>;

export interface TestDatabase {
  readonly name: string;
  /** The superuser: sees everything, is bound by no policy. */
  readonly admin: Connection;
  /** The owner of all schemas, who migrates them. */
  readonly owner: Connection;
  /** As the service of this schema connects; the embedded bus's `connection` is that of `busSchema`. */
  configFor(schema: Pick<SchemaDefinition, 'role'>, poolSize?: number): DatabaseConfig;
  /** Removes the database, and cuts off who is still connected. */
  drop(): Promise<void>;
}

/** Of every role on the test server. */
const password = 'test';

/**
 * Makes a database with these schemas for one test file. It is a copy of a template that is migrated
 * once per set of schemas and server, which takes a tenth of the time of migrating.
 */
export async function createTestDatabase({
  schemas,
}: {
  readonly schemas: readonly SchemaDefinition[];
}): Promise<TestDatabase> {
  const server = testPostgres();
  const name = `test_${newId().replaceAll('-', '')}`;
  const as = (user: string): Connection => ({ ...server, database: name, user, password });

  await withClient({ ...server, database: 'postgres' }, async (admin) => {
    const template = await ensureTemplate(admin, schemas);
    await admin.query(`create database ${name} template ${template} owner ${escapeIdentifier(ownerRole)}`);
  });
  return {
    name,
    admin: { ...server, database: name },
    owner: as(ownerRole),
    configFor: ({ role }, poolSize = 10) => ({ ...as(role), poolSize }),
    drop: () =>
      withClient({ ...server, database: 'postgres' }, async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Runs `work` with a connection of its own. */
export async function withClient<Result>(
  connection: Connection,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * The template of a set of schemas; made by the first worker that asks, while the others wait for
 * it. It gets its name last, so that one left half-made is never copied.
 */
async function ensureTemplate(admin: Client, schemas: readonly SchemaDefinition[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16);
  const template = `template_${hash}`;
  const unfinished = `${template}_unfinished`;
  await admin.query(`select pg_advisory_lock(hashtext('templates'))`);
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 1) return template;
    await ensureRoles(
      admin,
      Object.fromEntries([ownerRole, ...schemas.map(({ role }) => role)].map((role) => [role, password])),
    );
    await admin.query(`drop database if exists ${unfinished} with (force)`);
    await ensureDatabase(admin, unfinished);
    await withClient({ ...testPostgres(), database: unfinished, user: ownerRole, password }, async (owner) =>
      migrateAll(owner, schemas),
    );
    // A connection to it would make the next copy fail.
    await admin.query(`alter database ${unfinished} allow_connections false`);
    await admin.query(`alter database ${unfinished} rename to ${template}`);
    return template;
  } finally {
    await admin.query(`select pg_advisory_unlock(hashtext('templates'))`);
  }
}
