import { createTestDatabase, waitUntil, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import { busSchema, consume, onAny, type EmbeddedBus, type EventBus, type Message } from '../src';
import { connectEmbedded } from './embedded-adapter';
import { countingSchema, startSampleService, type SampleService } from './sample-service';
import { keysOf, sampleMessages, upTo, type Sample } from './sample';

let database: TestDatabase;
let admin: Client;
let replicas: SampleService[];
let buses: EmbeddedBus[];

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [busSchema, countingSchema] });
  admin = new Client(database.admin);
  await admin.connect();
  replicas = await Promise.all([1, 2].map(() => startSampleService(database.configFor(countingSchema, 4))));
  buses = await Promise.all([1, 2].map(() => connectEmbedded(database.configFor(busSchema))));
});

afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.stop()));
  await Promise.all(replicas.map(({ dataSource }) => dataSource.destroy()));
  await admin.end();
  await database.drop();
});

const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);

/**
 * A bus at its worst, and beyond what the contract allows: delivers some events twice or three
 * times, holds some back for later, and mixes them up between keys and within a key.
 */
const disturbed = (bus: EventBus): EventBus & { flush(): Promise<void> } => {
  let heldBack: Message[] = [];
  return {
    subscribe: (subscription) => bus.subscribe(subscription),
    publish: async (messages) => {
      const copies = messages.flatMap((message) =>
        Array<Message>(1 + Math.floor(Math.random() * 3)).fill(message),
      );
      const all = shuffled([...heldBack, ...copies]);
      const now = Math.floor(all.length * 0.7);
      heldBack = all.slice(now);
      await bus.publish(all.slice(0, now));
    },
    flush: () => bus.publish(heldBack.splice(0)),
  };
};

test('duplicates and disorder change nothing in the end state of a consumer with an inbox', async () => {
  const keys = keysOf(10);
  const bus = disturbed(buses[0]!);
  let deliveries = 0;
  let effects = 0;
  for (const [i, { transaction }] of replicas.entries())
    await consume(
      buses[i]!,
      'totals',
      [
        onAny('task-events', (_deps, event) =>
          transaction('consumer', async ({ session, inbox }) => {
            deliveries += 1;
            if (!(await inbox.first('totals', event.id))) return;
            effects += 1;
            // A sum needs each event once; the latest needs what is newer, whenever it comes.
            await session.query(
              `insert into counting.total (key, sum, latest) values ($1, $2, $2)
               on conflict (key) do update set sum = total.sum + excluded.sum, latest = greatest(total.latest, excluded.latest)`,
              [event.partitionkey, (event.data as Sample).n],
            );
          }),
        ),
      ],
      {},
      () => undefined,
    );

  for (let from = 0; from < 40; from += 4) await bus.publish(sampleMessages(keys, 4, from));
  await bus.flush();
  const expected = await admin.query('select from bus.event');
  await waitUntil(() => deliveries >= (expected.rowCount ?? 0), { timeout: 20_000 });
  await Promise.all(buses.splice(0).map((each) => each.stop()));

  const { rows } = await admin.query('select key, sum, latest from counting.total order by key');
  const sum = upTo(40).reduce((total, n) => total + n, 0);
  expect(rows).toEqual(keys.map((key) => ({ key, sum, latest: 39 })));
  expect(effects).toBe(400);
  expect(deliveries).toBeGreaterThan(600);
}, 30_000);

test('two replicas that get one event at once have one effect', async () => {
  const firsts = await Promise.all(
    upTo(20).map((i) =>
      replicas[i % 2]!.transaction('consumer', ({ inbox }) =>
        inbox.first('racing', '00000000-0000-7000-8000-000000000001'),
      ),
    ),
  );
  expect(firsts.filter(Boolean)).toHaveLength(1);
});

test('an effect that was rolled back isn’t taken for done', async () => {
  const id = '00000000-0000-7000-8000-000000000002';
  const [{ transaction }] = replicas as [SampleService];
  const failing = transaction('consumer', async ({ inbox }) => {
    expect(await inbox.first('failing', id)).toBe(true);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await transaction('consumer', ({ inbox }) => inbox.first('failing', id))).toBe(true);
  expect(await transaction('consumer', ({ inbox }) => inbox.first('failing', id))).toBe(false);
  expect(await transaction('consumer', ({ inbox }) => inbox.first('another', id))).toBe(true);
});
