import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { migrate, type MigrationResult, type SchemaDefinition } from './migrations';

/** Owns all schemas and runs the migrations; no service logs in as it. */
export const ownerRole = 'almanac_owner';

/**
 * Creates the roles (the owner and one per schema) that are missing, and sets their passwords, as a
 * superuser or, on a managed server, as somebody who may create roles.
 *
 * @param passwords by role
 * @throws Error for a role that no policy would bind: only a superuser could take that from it
 */
export async function ensureRoles(admin: Client, passwords: Readonly<Record<string, string>>): Promise<void> {
  for (const [role, password] of Object.entries(passwords)) {
    const { rows } = await admin.query<{ unbound: boolean }>(
      'select rolsuper or rolbypassrls as unbound from pg_roles where rolname = $1',
      [role],
    );
    if (rows[0]?.unbound)
      throw new Error(
        `role ${role} is a superuser or has BYPASSRLS: row-level security wouldn’t hold for it`,
      );
    const verb = rows.length === 0 ? 'create' : 'alter';
    await admin.query(`${verb} role ${escapeIdentifier(role)} login password ${escapeLiteral(password)}`);
  }
}

/** Creates a database that is missing, and gives it to {@link ownerRole}. */
export async function ensureDatabase(admin: Client, database: string): Promise<void> {
  const owner = escapeIdentifier(ownerRole);
  const { rows } = await admin.query<{ owned: boolean }>(
    'select pg_get_userbyid(datdba) = $2 as owned from pg_database where datname = $1',
    [database, ownerRole],
  );
  if (rows[0]?.owned) return;
  // Who isn't a superuser can give something only to a role that they could be themselves.
  await admin.query(`do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then grant ${owner} to current_user; end if;
  end $$`);
  const name = escapeIdentifier(database);
  await admin.query(
    rows.length === 0 ? `create database ${name} owner ${owner}` : `alter database ${name} owner to ${owner}`,
  );
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
