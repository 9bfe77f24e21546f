import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import { silentLogger } from '@almanac/testkit/service';
import { withClient } from '@almanac/testkit';
import { migrateAllSchemas } from '../src/migrate';
import { provision } from '../src/provision';
import { databaseRoles } from '../src/schemas';

/** A server of its own: roles belong to the server, and other tests use them with other passwords. */
let folder: string;
let postgres: Postgres;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almanac-provision-'));
  await chmod(folder, 0o755); // run by root, the server has another account
  postgres = await startPostgres({ dataDirectory: folder, settings: { fsync: false } });
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const asSuperuser = (database: string) => ({ ...postgres, database });

const environment = (database: string, password = 'first') => ({
  ALMANAC_DATABASE_HOST: postgres.host,
  ALMANAC_DATABASE_PORT: String(postgres.port),
  ALMANAC_DATABASE_NAME: database,
  ALMANAC_ADMIN_USER: 'doadmin',
  ALMANAC_ADMIN_PASSWORD: 'admin',
  ...Object.fromEntries(
    databaseRoles.map(({ name }) => [
      `ALMANAC_${name.replaceAll('-', '_').toUpperCase()}_PASSWORD`,
      `${password} of ${name}`,
    ]),
  ),
});

test('the administrator of a managed server, who is no superuser, can prepare it', async () => {
  await withClient(asSuperuser('postgres'), async (superuser) => {
    await superuser.query(`create role doadmin login createrole createdb password 'admin'`);
    await superuser.query('create database made_before owner doadmin');
  });
  for (const database of ['almanac', 'made_before']) {
    await provision(silentLogger, environment(database));
    await migrateAllSchemas(silentLogger, environment(database));
  }
});

test('a password that was changed is changed on the server', async () => {
  await provision(silentLogger, environment('almanac', 'second'));
  const as = (password: string) => ({ ...postgres, database: 'almanac', user: 'almanac_web', password });
  await expect(withClient(as('first of web'), (client) => client.query('select 1'))).rejects.toThrow(
    'password authentication failed',
  );
  await withClient(as('second of web'), (client) => client.query('select from web.account'));
});

test('a role that no policy would bind is refused', async () => {
  await withClient(asSuperuser('postgres'), (superuser) =>
    superuser.query('alter role almanac_web bypassrls'),
  );
  await expect(provision(silentLogger, environment('almanac'))).rejects.toThrow(
    'role almanac_web is a superuser or has BYPASSRLS',
  );
});
