import { createHash } from 'node:crypto';
import type { Client } from 'pg';

/**
 * A change of a service's schema.
 *
 * `expand` adds what the previous release can ignore; `contract` removes what it may still need, so
 * it comes a release after the code stopped using it, and a rollback can't cross it.
 */
export interface Migration {
  /** Counts from 1 without gaps. */
  readonly number: number;
  readonly name: string;
  readonly kind: 'expand' | 'contract';
  /** Hand-written SQL, one or more statements; runs in a transaction of its own. */
  readonly sql: string;
}

/** A service's schema: who uses it, and how it came to be. */
export interface SchemaDefinition {
  /** The schema's name, e.g. `task_api`. */
  readonly name: string;
  /** The role the service logs in with, e.g. `almanac_task_api`. */
  readonly role: string;
  readonly migrations: readonly Migration[];
}

export interface MigrationResult {
  readonly applied: readonly string[];
  /** The schema's version afterwards; higher than ours when a newer release was here. */
  readonly version: number;
}

/** Tells whether a migration is still what it was when it was applied. */
export const checksumOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex');

/**
 * Brings a schema up to the newest migration given, as its owner.
 *
 * Safe to run from several processes at once: an advisory lock lets one work and the others find it
 * done (TypeORM's own runner has no such lock, typeorm#4588). A schema that is *newer* than the
 * migrations given is left alone: that is an older release after a rollback, and expand/contract
 * promises that it can run.
 *
 * @throws Error when an applied migration was changed afterwards, or numbers have gaps
 */
export async function migrate(
  owner: Client,
  { name, role, migrations }: SchemaDefinition,
): Promise<MigrationResult> {
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw new Error(`${name}: migration ${migration.number} is out of order`);
  });
  await owner.query('select pg_advisory_lock(hashtextextended($1, 0))', [`migrate ${name}`]);
  try {
    await owner.query(`
      create schema if not exists ${name};
      grant usage on schema ${name} to ${role};
      create table if not exists ${name}.migration (
        number int primary key, name text not null, kind text not null,
        checksum text not null, applied_at timestamptz not null default now());
      grant select on ${name}.migration to ${role};`);
    const { rows } = await owner.query<{ number: number; checksum: string }>(
      `select number, checksum from ${name}.migration order by number`,
    );
    const applied = new Map(rows.map((row) => [row.number, row.checksum]));
    const news: string[] = [];
    for (const migration of migrations) {
      const known = applied.get(migration.number);
      if (known === undefined) {
        await apply(owner, name, migration);
        news.push(`${migration.number} ${migration.name}`);
      } else if (known !== checksumOf(migration)) {
        throw new Error(
          `${name}: migration ${migration.number} (${migration.name}) was changed after it was applied; ` +
            'write a new migration instead',
        );
      }
    }
    return { applied: news, version: Math.max(0, migrations.length, ...applied.keys()) };
  } finally {
    await owner
      .query('select pg_advisory_unlock(hashtextextended($1, 0))', [`migrate ${name}`])
      .catch(() => undefined); // without a connection there is no lock either
  }
}

async function apply(owner: Client, schema: string, migration: Migration): Promise<void> {
  await owner.query('begin');
  try {
    await owner.query(`set local lock_timeout = '3s'`); // a waiting ALTER TABLE blocks every reader behind it
    await owner.query(migration.sql);
    await owner.query(
      `insert into ${schema}.migration (number, name, kind, checksum) values ($1, $2, $3, $4)`,
      [migration.number, migration.name, migration.kind, checksumOf(migration)],
    );
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback').catch(() => undefined); // the connection may be what failed
    throw new Error(
      `${schema}: migration ${migration.number} (${migration.name}) failed and changed nothing`,
      { cause: error },
    );
  }
}

/**
 * What a schema lacks for this code, in words; null when it lacks nothing. A newer one is fine: that
 * is an older release after a rollback, and expand/contract promises that it works.
 */
export const schemaLacks = (version: number, { name, migrations }: SchemaDefinition): string | null =>
  version < migrations.length ? `schema ${name} is at ${version}, ${migrations.length} is needed` : null;

/** The version of a schema, for readiness: a service isn't ready below the one it needs. */
export const schemaVersion = async (
  query: <Row>(sql: string) => Promise<Row[]>,
  schema: string,
): Promise<number> => {
  const [row] = await query<{ version: number | null }>(
    `select max(number) as version from ${schema}.migration`,
  );
  return row?.version ?? 0;
};
