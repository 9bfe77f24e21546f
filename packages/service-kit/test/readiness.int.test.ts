import { createDataSource, type SchemaDefinition } from '@almanac/database';
import { createTestDatabase } from '@almanac/testkit';
import { databaseReadiness } from '../src';

const schema: SchemaDefinition = {
  name: 'sample',
  role: 'almanac_service_kit_sample',
  migrations: [{ number: 1, name: 'nothing', kind: 'expand', sql: 'select 1' }],
};
const newer = { number: 2, name: 'something', kind: 'expand', sql: 'select 2' } as const;

test('a service is ready when its database answers with a schema as new as its own, or newer', async () => {
  const database = await createTestDatabase({ schemas: [schema] });
  const dataSource = createDataSource(database.configFor(schema), schema.name);
  const ready = databaseReadiness(dataSource, schema);
  expect(await ready()).toBe('not connected');
  await dataSource.initialize();
  expect(await ready()).toBeNull();
  expect(await databaseReadiness(dataSource, { ...schema, migrations: [] })()).toBeNull();
  expect(
    await databaseReadiness(dataSource, { ...schema, migrations: [...schema.migrations, newer] })(),
  ).toBe('schema sample is at 1, 2 is needed');
  await database.drop();
  await expect(ready()).rejects.toThrow();
  await dataSource.destroy();
});
