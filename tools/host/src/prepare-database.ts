import { randomBytes } from 'node:crypto';
import {
  connectionOf,
  ensureDatabase,
  ensureRoles,
  migrateAll,
  ownerRole,
  type DatabaseConfig,
  type SchemaDefinition,
} from '@almanac/database';
import type { Postgres } from '@almanac/embedded-postgres';
import { jobsRole, migrateJobs } from '@almanac/scheduling';
import { Client } from 'pg';

export const databaseName = 'almanac';

export interface PreparedDatabase {
  /** How a role connects, with so many connections at most. */
  as(role: string, poolSize: number): DatabaseConfig;
  /** Migrations that were new to this database. */
  readonly applied: number;
}

const withClient = async <Result>(config: DatabaseConfig, work: (client: Client) => Promise<Result>) => {
  const client = new Client(connectionOf(config));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/**
 * Creates what is missing of roles, database and schemas. The roles get new passwords each time, so
 * there is none to keep.
 */
export const prepareDatabase = async (
  { host, port, user, password }: Postgres,
  schemas: readonly SchemaDefinition[],
): Promise<PreparedDatabase> => {
  const roles = [ownerRole, jobsRole, ...schemas.map(({ role }) => role)];
  const passwords = Object.fromEntries(roles.map((role) => [role, randomBytes(18).toString('base64url')]));
  const server = { host, port, poolSize: 1 };

  await withClient({ ...server, database: 'postgres', user, password }, async (admin) => {
    await ensureRoles(admin, passwords);
    await ensureDatabase(admin, databaseName);
  });
  const as = (role: string, poolSize: number): DatabaseConfig => {
    const secret = passwords[role];
    if (secret === undefined) throw new Error(`there is no role ${role}`);
    return { ...server, database: databaseName, user: role, password: secret, poolSize };
  };
  const results = await withClient(as(ownerRole, 1), async (owner) => {
    await migrateJobs(owner, { roles: [jobsRole] });
    return migrateAll(owner, schemas);
  });
  return { as, applied: Object.values(results).flatMap(({ applied }) => applied).length };
};
