import { createTestDatabase, type TestDatabase } from '@almanac/testkit';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { createDataSource } from '../src';
import { sampleSchema } from './sample';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [sampleSchema] });
  dataSource = await createDataSource(database.configFor(sampleSchema, 1), sampleSchema.name).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const read = async (instant: string): Promise<unknown> =>
  (await dataSource.query<[{ at: unknown }]>('select $1::timestamptz as at', [instant]))[0].at;

test.each([
  '2026-11-21T09:30:00Z',
  '2026-11-21T09:30:00.5Z',
  '2026-11-21T09:30:00.050Z',
  '2026-11-21T09:30:00.123456Z',
  '2026-11-21T09:30:00.999999Z',
  '1969-12-31T23:59:59.001Z',
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00+05:30',
  '2026-03-29T02:30:00+01:00',
])('%s is read as Date would have it, to the millisecond', async (instant) => {
  expect(await read(instant)).toBe(new Date(instant).toISOString());
});

test('a thousand instants of all magnitudes are read as Date would have them', async () => {
  const instants = Array.from({ length: 1_000 }, (_, i) =>
    new Date((i * 86_399_987_654_321) / 400 - 60e12).toISOString(),
  );
  const rows = await dataSource.query<{ at: string }[]>(
    'select at from unnest($1::timestamptz[]) with ordinality as x (at, i) order by i',
    [instants],
  );
  expect(rows.map(({ at }) => at)).toEqual(instants);
});

test.each(['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC'])(
  '%s, which no RFC 3339 instant can say, stays PostgreSQL’s text',
  async (text) => {
    expect(await read(text)).toBe(text);
  },
);

test('a sequence number is a number', async () => {
  expect(await dataSource.query('select 9007199254740991::bigint as id')).toEqual([
    { id: Number.MAX_SAFE_INTEGER },
  ]);
});

test('its connections can be told from those of other services', async () => {
  expect(await dataSource.query('show application_name')).toEqual([{ application_name: 'almanac-sample' }]);
});

test('a connection that is lost the moment it is given out does not end the process', async () => {
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  const connection = await pool.connect(); // the pool has stopped listening, TypeORM hasn't begun yet
  expect(() => connection.emit('error', new Error('lost'))).not.toThrow();
  connection.release(true);
  expect(await dataSource.query('select 1 as one')).toEqual([{ one: 1 }]);
});
