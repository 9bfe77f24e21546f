import { createTestDatabase, withClient, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import {
  ensureDatabase,
  ensureRoles,
  migrate,
  migrateAll,
  ownerRole,
  schemaVersion,
  type Migration,
  type SchemaDefinition,
} from '../src';
import { sampleSchema } from './sample';

let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [sampleSchema] }); // for its role
  owner = new Client(database.owner);
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

let count = 0;
let schema: string;

beforeEach(() => {
  schema = `migrated_${++count}`;
});

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `change ${number}`,
  kind: 'expand',
  sql,
});
const definition = (...migrations: Migration[]): SchemaDefinition => ({
  name: schema,
  role: sampleSchema.role,
  migrations,
});

const first = () =>
  migration(1, `create table ${schema}.thing (a int); insert into ${schema}.thing values (1)`);
const second = () => migration(2, `alter table ${schema}.thing add b int default 2`);
const things = async () => (await owner.query<Record<string, unknown>>(`select * from ${schema}.thing`)).rows;
const version = () =>
  schemaVersion(async <Row>(sql: string) => (await owner.query(sql)).rows as Row[], schema);

test('a schema comes to be migration by migration, each once', async () => {
  expect(await migrate(owner, definition(first()))).toEqual({ applied: ['1 change 1'], version: 1 });
  expect(await migrate(owner, definition(first(), second()))).toEqual({
    applied: ['2 change 2'],
    version: 2,
  });
  expect(await migrate(owner, definition(first(), second()))).toEqual({ applied: [], version: 2 });
  expect(await things()).toEqual([{ a: 1, b: 2 }]);
});

test('what was done, and of which kind it was, is kept', async () => {
  await migrate(owner, definition(first(), { ...second(), kind: 'contract' }));
  const { rows } = await owner.query(`select number, name, kind from ${schema}.migration order by number`);
  expect(rows).toEqual([
    { number: 1, name: 'change 1', kind: 'expand' },
    { number: 2, name: 'change 2', kind: 'contract' },
  ]);
});

test('eight that migrate at once do each migration once, and all find it done', async () => {
  const results = await Promise.all(
    Array.from({ length: 8 }, () =>
      withClient(database.owner, (client) => migrate(client, definition(first(), second()))),
    ),
  );
  expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['1 change 1', '2 change 2']);
  expect(results.map(({ version }) => version)).toEqual(Array(8).fill(2));
  expect(await things()).toEqual([{ a: 1, b: 2 }]);
});

test('a migration that was changed after it was applied is refused before anything is done', async () => {
  await migrate(owner, definition(first()));
  const changed = migration(1, `create table ${schema}.thing (a bigint)`);
  await expect(migrate(owner, definition(changed, second()))).rejects.toThrow(
    /migration 1 \(change 1\) was changed after it was applied; write a new migration instead/,
  );
  expect(await version()).toBe(1);
});

test.each([
  ['a gap', [1, 3]],
  ['a repeated number', [1, 1]],
  ['no beginning', [2]],
])('numbers with %s are refused before anything is done', async (_what, numbers) => {
  const migrations = numbers.map((number) => migration(number, `create table ${schema}.t${number} ()`));
  await expect(migrate(owner, definition(...migrations))).rejects.toThrow(/is out of order/);
  await expect(version()).rejects.toThrow(/does not exist/);
});

test('a migration that fails changes nothing, keeps those before it, and can be mended', async () => {
  const broken = migration(2, `alter table ${schema}.thing add b int default 2; select 1 / 0`);
  await expect(migrate(owner, definition(first(), broken))).rejects.toMatchObject({
    message: `${schema}: migration 2 (change 2) failed and changed nothing`,
    cause: { message: 'division by zero' },
  });
  expect(await things()).toEqual([{ a: 1 }]);
  expect(await migrate(owner, definition(first(), second()))).toEqual({
    applied: ['2 change 2'],
    version: 2,
  });
});

test('one whose connection is lost changes nothing, and holds up nobody after it', async () => {
  const dying = new Client(database.owner);
  dying.on('error', () => undefined);
  await dying.connect();
  const fatal = migration(
    1,
    `create table ${schema}.thing (a int); select pg_terminate_backend(pg_backend_pid())`,
  );
  await expect(migrate(dying, definition(fatal))).rejects.toMatchObject({ cause: { code: '57P01' } });
  expect(await migrate(owner, definition(first()))).toMatchObject({ version: 1 });
});

test('an older release leaves a newer schema alone', async () => {
  await migrate(owner, definition(first(), second()));
  expect(await migrate(owner, definition(first()))).toEqual({ applied: [], version: 2 });
  expect(await things()).toEqual([{ a: 1, b: 2 }]);
});

test('a migration that would wait for a lock gives up, instead of blocking everybody behind it', async () => {
  await migrate(owner, definition(first()));
  await withClient(database.owner, async (reader) => {
    await reader.query(`begin; table ${schema}.thing`);
    await expect(migrate(owner, definition(first(), second()))).rejects.toMatchObject({
      cause: { code: '55P03' },
    });
    await reader.query('commit');
  });
  expect(await version()).toBe(1);
});

test('a service reads its schema’s version, which is 0 before the first migration', async () => {
  await migrate(owner, definition());
  const versionAsService = () =>
    withClient(database.configFor(sampleSchema), (service) =>
      schemaVersion(async <Row>(sql: string) => (await service.query(sql)).rows as Row[], schema),
    );
  expect(await versionAsService()).toBe(0);
  await migrate(owner, definition(first()));
  expect(await versionAsService()).toBe(1);
});

test('roles and databases are made once, and a role’s password is brought up to date', async () => {
  const role = `${database.name}_role`;
  const made = `${database.name}_made`;
  await withClient(database.admin, async (admin) => {
    await ensureRoles(admin, { [role]: 'first' });
    await ensureRoles(admin, { [role]: 'it’s "second"' });
    await ensureDatabase(admin, made);
    await ensureDatabase(admin, made);
    try {
      const connection = { ...database.admin, database: made };
      await withClient({ ...connection, user: role, password: 'it’s "second"' }, async (client) => {
        expect((await client.query('select current_user as name')).rows).toEqual([{ name: role }]);
      });
      await expect(
        withClient({ ...connection, user: role, password: 'first' }, () => Promise.resolve()),
      ).rejects.toThrow(/password authentication failed/);
      await withClient({ ...database.owner, database: made }, async (client) => {
        const results = await migrateAll(client, [sampleSchema, definition(first())]);
        expect(results).toMatchObject({ sample: { version: 1 }, [schema]: { version: 1 } });
      });
      const { rows } = await admin.query(
        'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
        [made],
      );
      expect(rows).toEqual([{ owner: ownerRole }]);
    } finally {
      await admin.query(`drop database ${made}`);
      await admin.query(`drop role ${role}`);
    }
  });
});
