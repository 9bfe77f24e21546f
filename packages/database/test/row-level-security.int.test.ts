import { createTestDatabase, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, createTransactions, ownerRole, type Session, type Transactions } from '../src';
import { otherSchema, sampleSchema, someUser } from './sample';

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions<Session>;
let admin: Client;
const anna = someUser();
const ben = someUser();
const annas = { user_id: anna.id, text: 'Anna’s' };
const bens = { user_id: ben.id, text: 'Ben’s' };

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [sampleSchema, otherSchema] });
  dataSource = await createDataSource(database.configFor(sampleSchema, 2), sampleSchema.name).initialize();
  transactions = createTransactions(dataSource, (session) => session);
  admin = new Client(database.admin);
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await dataSource.destroy();
  await database.drop();
});

const allNotes = async () =>
  (await admin.query<typeof annas>('select user_id, text from sample.note order by text')).rows;

beforeEach(async () => {
  await admin.query('truncate sample.note, sample.ledger');
  for (const table of ['note', 'ledger'])
    await admin.query(`insert into sample.${table} (user_id, text) values ($1, $2), ($3, $4)`, [
      ...Object.values(annas),
      ...Object.values(bens),
    ]);
});

/** One statement in a transaction of its own. */
const as = (actor: typeof anna, sql: string, parameters?: unknown[]) =>
  transactions.transaction(actor, (session) => session.query(sql, parameters));

describe('a user', () => {
  test.each([
    ['naming nobody', 'select user_id, text from sample.note'],
    [
      'a condition that is always true',
      'select user_id, text from sample.note where true or user_id is null',
    ],
    [
      'naming somebody else',
      `select user_id, text from sample.note where user_id in ('${anna.id}', '${ben.id}')`,
    ],
    ['a detour', 'with everything as (table sample.note) select user_id, text from everything'],
    ['a join', 'select a.user_id, b.text from sample.note a full join sample.note b using (id)'],
    [
      'an error that would tell of a hidden row',
      `select user_id, text from sample.note where text = 'Anna’s' or 1 / (length(text) - ${bens.text.length}) = 1`,
    ],
  ])('sees own rows only, by %s', async (_how, sql) => {
    expect(await as(anna, sql)).toEqual([annas]);
  });

  test.each([
    ['an update', `update sample.note set text = 'taken'`],
    [
      'an update that names somebody else',
      `update sample.note set text = 'taken' where user_id = '${ben.id}'`,
    ],
    ['an update by join', `update sample.note mine set text = 'taken' from sample.note theirs where true`],
    ['a deletion', 'delete from sample.note'],
    ['a deletion that names somebody else', `delete from sample.note where user_id = '${ben.id}'`],
  ])('leaves the rows of others as they are, by %s', async (_how, sql) => {
    await as(anna, sql);
    expect(await allNotes()).toContainEqual(bens);
  });

  test.each([
    ['adds a row for another', `insert into sample.note (user_id, text) values ('${ben.id}', 'from Anna')`],
    [
      'adds a copy for another',
      `insert into sample.note (user_id, text) select '${ben.id}', text from sample.note`,
    ],
    ['gives a row to another', `update sample.note set user_id = '${ben.id}'`],
    [
      'gives a row to another by an upsert',
      `insert into sample.note select * from sample.note on conflict (id) do update set user_id = '${ben.id}'`,
    ],
    [
      'adds a row for another by a merge',
      `merge into sample.note n using (select 1) x on false when not matched then insert (user_id, text) values ('${ben.id}', 'from Anna')`,
    ],
  ])('never %s', async (_what, sql) => {
    await expect(as(anna, sql)).rejects.toThrow(/violates row-level security policy/);
    expect(await allNotes()).toEqual([annas, bens]);
  });

  test('can’t take another’s id for a row, nor learn more than that it is taken', async () => {
    const [{ id }] = (await as(ben, 'select id from sample.note')) as [{ id: string }];
    const taking = as(anna, 'insert into sample.note (id, user_id, text) values ($1, $2, $3)', [
      id,
      anna.id,
      'mine now',
    ]);
    await expect(taking).rejects.toMatchObject({ code: '23505', detail: undefined });
    const overwriting = as(
      anna,
      'insert into sample.note (id, user_id, text) values ($1, $2, $3) on conflict (id) do update set text = excluded.text',
      [id, anna.id, 'mine now'],
    );
    await expect(overwriting).rejects.toThrow(/violates row-level security policy/);
  });

  test('may do with own rows what the policies state, and nothing else', async () => {
    await as(anna, `update sample.note set text = 'changed'`);
    await as(anna, 'delete from sample.note');
    expect(await allNotes()).toEqual([bens]);
    await as(anna, `insert into sample.ledger (user_id, text) values ('${anna.id}', 'another line')`);
    for (const sql of [`update sample.ledger set text = ''`, 'delete from sample.ledger'])
      await expect(as(anna, sql)).rejects.toThrow('permission denied for table ledger');
  });
});

test('outside a transaction nothing is visible, also on a connection that has just served one', async () => {
  expect(await dataSource.query('select * from sample.note')).toEqual([]);
  await as(anna, 'select 1');
  await transactions.system('sweep', (session) => session.query('select 1'));
  expect(await dataSource.query('select * from sample.note')).toEqual([]);
  expect(await dataSource.query('delete from sample.note returning 1')).toEqual([[], 0]);
  await expect(
    dataSource.query(`insert into sample.note (user_id, text) values ('${anna.id}', 'x')`),
  ).rejects.toThrow(/violates row-level security policy/);
});

describe('a capacity may do what is stated for it:', () => {
  const inCapacity = (capacity: 'relay' | 'consumer' | 'sweep' | 'sign-in', sql: string) =>
    transactions.system(capacity, (session) => session.query(sql));
  const insert = `insert into sample.note (user_id, text) values ('${ben.id}', 'Carol’s')`;

  test('an operator reads everybody’s notes, and changes nobody else’s', async () => {
    const operator = someUser('operator');
    expect(await as(operator, 'select user_id, text from sample.note order by text')).toEqual([annas, bens]);
    expect(await as(operator, 'select * from sample.ledger')).toEqual([]);
    await as(operator, `update sample.note set text = 'taken'`);
    await as(operator, 'delete from sample.note');
    await expect(as(operator, insert)).rejects.toThrow(/violates row-level security policy/);
    expect(await allNotes()).toEqual([annas, bens]);
  });

  test('a sweep deletes', async () => {
    await expect(inCapacity('sweep', insert)).rejects.toThrow(/violates row-level security policy/);
    await inCapacity('sweep', `update sample.note set text = 'taken'`);
    expect(await allNotes()).toEqual([annas, bens]);
    await inCapacity('sweep', 'delete from sample.note');
    expect(await allNotes()).toEqual([]);
    expect(await inCapacity('sweep', 'select * from sample.ledger')).toEqual([]);
  });

  test('a consumer adds, and sees nothing', async () => {
    await inCapacity('consumer', insert);
    expect(await inCapacity('consumer', 'select * from sample.note')).toEqual([]);
    expect(await allNotes()).toHaveLength(3);
  });

  test.each(['relay', 'sign-in'] as const)('%s isn’t named, so it may do nothing', async (capacity) => {
    expect(await inCapacity(capacity, 'select * from sample.note')).toEqual([]);
    await inCapacity(capacity, 'delete from sample.note');
    await expect(inCapacity(capacity, insert)).rejects.toThrow(/violates row-level security policy/);
    expect(await allNotes()).toEqual([annas, bens]);
  });
});

test.each([
  [
    'switch row-level security off for a table',
    'alter table sample.note disable row level security',
    /must be owner/,
  ],
  [
    'switch it off for a session',
    'set local row_security = off; select * from sample.note',
    /would be affected by row-level security/,
  ],
  ['write a policy', 'create policy everything on sample.note using (true)', /must be owner/],
  ['drop a policy', 'drop policy "owner select" on sample.note', /must be owner/],
  ['empty a table', 'truncate sample.note', /permission denied/],
  ['become the owner', `set local role ${ownerRole}`, /permission denied to set role/],
  [
    'grant itself the right to bypass policies',
    'alter role almanac_sample bypassrls',
    /permission denied to alter role|must be superuser/,
  ],
  ['create a table', 'create table sample.mine ()', /permission denied for schema sample/],
  [
    'create a table where everybody could',
    'create table public.mine ()',
    /permission denied for schema public/,
  ],
  ['read another service’s schema', 'select * from other.secret', /permission denied for schema other/],
  ['change what was migrated', 'delete from sample.migration', /permission denied for table migration/],
  ['read the server’s files', `select pg_read_file('/etc/passwd')`, /permission denied/],
  ['run programs', `copy sample.note to program 'cat'`, /permission denied|must be superuser/],
])('a service’s role can’t %s', async (_what, sql, refusal) => {
  await expect(as(anna, sql)).rejects.toThrow(refusal);
});

test('a service’s role owns nothing', async () => {
  const { rows } = await admin.query(
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
       (select count(*)::int from pg_class where relowner = r.oid) as tables
     from pg_roles r where rolname = $1`,
    [sampleSchema.role],
  );
  expect(rows).toEqual([
    { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, tables: 0 },
  ]);
});

test('an actor whose id isn’t a UUID gets no transaction', async () => {
  const actor = { ...anna, id: `'; drop table sample.note; --` };
  await expect(as(actor, 'select 1')).rejects.toThrow('an actor without a UUID');
});
