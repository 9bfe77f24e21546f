import { port, text } from '@almanac/config';
import type { DatabaseConfig } from '@almanac/database';
import { z } from 'zod';
import { databaseRoles, type DatabaseRole } from './schemas';

const server = {
  ALMANAC_DATABASE_HOST: text().describe('the PostgreSQL server'),
  ALMANAC_DATABASE_PORT: port().default(5432),
  ALMANAC_DATABASE_NAME: text().default('almanac'),
  ALMANAC_DATABASE_CA: text().optional().describe('PEM; the server’s certificate must be signed by it'),
};

const variableOf = ({ name }: DatabaseRole): string =>
  `ALMANAC_${name.replaceAll('-', '_').toUpperCase()}_PASSWORD`;

const passwords: Readonly<Record<string, z.ZodString>> = Object.fromEntries(
  databaseRoles.map((role) => [variableOf(role), text().describe(`the password of the role ${role.role}`)]),
);

export const provisionSettings = z.object({
  ...server,
  ALMANAC_ADMIN_USER: text().default('postgres').describe('who may create roles and databases'),
  ALMANAC_ADMIN_PASSWORD: text(),
});
export const passwordSettings = z.object(passwords);

export const migrateSettings = z.object({ ...server, ALMANAC_OWNER_PASSWORD: text() });

/** @returns the password of each role of the database */
export const passwordsOf = (settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(databaseRoles.map((role) => [role.role, settings[variableOf(role)]!]));

type Server = Readonly<z.output<z.ZodObject<typeof server>>>;

export const databaseOf = (
  { ALMANAC_DATABASE_HOST: host, ALMANAC_DATABASE_PORT: port, ALMANAC_DATABASE_CA: ca }: Server,
  { database, user, password }: Pick<DatabaseConfig, 'database' | 'user' | 'password'>,
): DatabaseConfig => ({ host, port, ca, database, user, password, poolSize: 1 });
