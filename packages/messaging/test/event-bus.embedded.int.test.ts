import { createTestDatabase, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import { busSchema } from '../src';
import { connectEmbedded } from './embedded-adapter';
import { describeEventBus } from './event-bus.conformance';

let database: TestDatabase;
let admin: Client;

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [busSchema] });
  admin = new Client(database.admin);
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.drop();
});

describeEventBus(
  'the embedded bus',
  async () => {
    await admin.query('truncate bus.partition, bus.event, bus.group_offset, bus.parked, bus.dead_letter');
    const connection = database.configFor(busSchema);
    const deadLetters = await connectEmbedded(connection);
    return {
      adapter: require.resolve('./embedded-adapter'),
      connection,
      deadLetters,
      cutConnections: async () => {
        await admin.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2',
          [database.name, busSchema.role],
        );
      },
      dispose: () => deadLetters.stop(),
    };
  },
  { ordered: true, atomicBatches: true },
);
