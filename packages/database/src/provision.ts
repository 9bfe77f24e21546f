import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { migrate, type MigrationResult, type SchemaDefinition } from './migrations';

/** Owns all schemas and runs the migrations; no service logs in as it. */
export const ownerRole = 'almanac_owner';

/**
 * Creates the roles (the owner and one per schema) that are missing, and sets their passwords, as a
 * superuser. In a cluster the platform does this; here it is for the embedded database and tests.
 *
 * @param passwords by role
 */
export async function ensureRoles(admin: Client, passwords: Readonly<Record<string, string>>): Promise<void> {
  for (const [role, password] of Object.entries(passwords)) {
    const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
    const verb = rowCount === 0 ? 'create' : 'alter';
    await admin.query(
      `${verb} role ${escapeIdentifier(role)} login nosuperuser nobypassrls password ${escapeLiteral(password)}`,
    );
  }
}

/** Creates a database that is missing, owned by {@link ownerRole}. */
export async function ensureDatabase(admin: Client, database: string): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0)
    await admin.query(`create database ${escapeIdentifier(database)} owner ${escapeIdentifier(ownerRole)}`);
}

/** Migrates each schema in turn, as the owner. */
export async function migrateAll(
  owner: Client,
  schemas: readonly SchemaDefinition[],
): Promise<Record<string, MigrationResult>> {
  const results: Record<string, MigrationResult> = {};
  for (const schema of schemas) results[schema.name] = await migrate(owner, schema);
  return results;
}
