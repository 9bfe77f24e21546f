import type { SchemaDefinition } from '@almanac/database';
import { Client } from 'pg';
import { createTestDatabase, withClient, type TestDatabase } from '../src';

const schema: SchemaDefinition = {
  name: 'sample',
  role: 'almanac_testkit_sample',
  migrations: [
    {
      number: 1,
      name: 'a table',
      kind: 'expand',
      sql: 'create table sample.thing (name text); grant select, insert on sample.thing to almanac_testkit_sample',
    },
  ],
};
let databases: TestDatabase[] = [];

afterEach(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  databases = [];
});

test('eight workers that ask at once get a migrated database each', async () => {
  databases = await Promise.all(Array.from({ length: 8 }, () => createTestDatabase({ schemas: [schema] })));
  for (const [index, database] of databases.entries())
    await withClient(database.configFor(schema), async (service) => {
      await service.query('insert into sample.thing values ($1)', [index]);
      const { rows } = await service.query('select name from sample.thing');
      expect(rows).toEqual([{ name: String(index) }]);
    });
});

test('a database that is still in use can be dropped', async () => {
  const database = await createTestDatabase({ schemas: [] });
  const client = new Client(database.admin);
  const errors: Error[] = [];
  client.on('error', (error) => errors.push(error));
  const ended = new Promise((resolve) => client.once('end', resolve));
  await client.connect();
  await Promise.all([ended, database.drop()]);
  expect(errors[0]).toMatchObject({ code: '57P01' });
});
