import { setTimeout as pause } from 'node:timers/promises';
import { topics } from '@almanac/contracts';
import { createTestDatabase, waitUntil, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import { busSchema, startRelay, type EmbeddedBus, type EventBus, type Message, type Relay } from '../src';
import { hash32 } from '../src/hash';
import { lanes } from '../src/outbox';
import { connectEmbedded } from './embedded-adapter';
import {
  counted,
  countingSchema,
  startSampleService,
  type SampleService,
  type UnitOfWork,
} from './sample-service';
import { keysOf, upTo, type Sample } from './sample';

let database: TestDatabase;
let admin: Client;
let service: SampleService;
let bus: EmbeddedBus;
let relays: Relay[];
let wake: () => void;

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [busSchema, countingSchema] });
  admin = new Client(database.admin);
  await admin.connect();
  service = await startSampleService(database.configFor(countingSchema, 16), () => wake());
});

afterAll(async () => {
  await service.dataSource.destroy();
  await admin.end();
  await database.drop();
});

beforeEach(async () => {
  await admin.query('truncate bus.partition, bus.event, counting.counter, counting.outbox');
  relays = [];
  wake = () => undefined;
  bus = await connectEmbedded(database.configFor(busSchema));
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await bus.stop();
});

const start = (options: Partial<Parameters<typeof startRelay>[0]> = {}): Relay => {
  const relay = startRelay({
    schema: countingSchema.name,
    system: service.system,
    bus,
    pollEvery: 50,
    ...options,
  });
  relays.push(relay);
  return relay;
};

const tell = (...numbers: number[]) =>
  service.transaction('consumer', ({ outbox }) => {
    outbox.add(...numbers.map((n) => counted('key', n)));
    return Promise.resolve();
  });
const waiting = async (): Promise<number> => (await admin.query('select from counting.outbox')).rowCount ?? 0;
const emptied = () => waitUntil(async () => (await waiting()) === 0, { timeout: 20_000 });

/** The numbers on the bus by key, in the order in which they are there. */
const published = async (): Promise<Map<string, number[]>> => {
  const numbers = new Map<string, number[]>();
  for (const partition of upTo(topics['task-events'].partitions))
    for (const { event } of await bus.read('task-events', partition, 0, 100_000))
      numbers.set(event.partitionkey, [...(numbers.get(event.partitionkey) ?? []), (event.data as Sample).n]);
  return numbers;
};
/** A bus that remembers what it was given, and does what the test says. */
const fakeBus = (publish: (messages: readonly Message[]) => Promise<void>): EventBus => ({
  publish,
  subscribe: () => Promise.reject(new Error('nobody subscribes here')),
});
const numbersOf = (messages: readonly Message[]) => messages.map(({ event }) => (event.data as Sample).n);

describe('the outbox', () => {
  test('has an event if the transaction commits', async () => {
    await tell(1, 2);
    const { rows } = await admin.query('select lane, topic, key, event from counting.outbox order by id');
    expect(rows).toMatchObject([
      {
        lane: hash32('key') % lanes,
        topic: 'task-events',
        key: 'key',
        event: { type: 'sample.happened', source: '/services/counting', data: { n: 1 } },
      },
      { event: { data: { n: 2 } } },
    ]);
  });

  test('has none if it doesn’t, and nobody is woken', async () => {
    let woken = 0;
    wake = () => woken++;
    const failing = service.transaction('consumer', ({ session, outbox }) => {
      outbox.add(counted('key', 1));
      session.beforeCommit(() => Promise.reject(new Error('no'))); // when the outbox is written already
      return Promise.resolve();
    });
    await expect(failing).rejects.toThrow('no');
    expect([await waiting(), woken]).toEqual([0, 0]);
    await tell();
    expect([await waiting(), woken]).toEqual([0, 0]); // nor for a transaction that tells nothing
    await tell(1);
    expect([await waiting(), woken]).toEqual([1, 1]);
  });

  test('is written to by everybody in its service, and read by its relay only', async () => {
    await tell(1);
    const query = (capacity: 'consumer' | 'relay' | 'sweep', sql: string) =>
      service.system(capacity, (session) => session.query(sql));
    expect(await query('consumer', 'table counting.outbox')).toEqual([]);
    await query('sweep', 'delete from counting.outbox');
    expect(await query('relay', 'table counting.outbox')).toHaveLength(1);
  });
});

describe('the relay', () => {
  test('publishes as soon as it is woken, in order', async () => {
    const relay = start({ pollEvery: 60_000 });
    wake = relay.wake;
    for (const n of upTo(20)) await tell(n);
    await emptied();
    expect(await published()).toEqual(new Map([['key', upTo(20)]]));
  });

  test('finds by itself what a crash left behind', async () => {
    await tell(1, 2, 3);
    start();
    await emptied();
    expect(await published()).toEqual(new Map([['key', [1, 2, 3]]]));
  });

  test('takes a backlog of thousands without waiting in between', async () => {
    await tell(...upTo(3_300));
    const batches: number[] = [];
    let oldest = 0;
    start({
      pollEvery: 60_000,
      onPublished: (messages, age) => {
        batches.push(messages.length);
        oldest = Math.max(oldest, age);
      },
    });
    await emptied();
    expect(batches).toEqual([500, 500, 500, 500, 500, 500, 300]);
    expect(oldest).toBeGreaterThan(0);
    expect(await published()).toEqual(new Map([['key', upTo(3_300)]]));
  });

  test('keeps everything while the bus is away, and says so; then nothing is lost or out of order', async () => {
    let away = true;
    const errors: unknown[] = [];
    start({
      bus: fakeBus((messages) => (away ? Promise.reject(new Error('away')) : bus.publish(messages))),
      onError: (error) => errors.push(error),
    });
    await tell(1, 2);
    await waitUntil(() => errors.length === 2);
    await tell(3);
    expect(await waiting()).toBe(3);
    away = false;
    await emptied();
    expect(await published()).toEqual(new Map([['key', [1, 2, 3]]]));
    expect(errors[0]).toEqual(new Error('away'));
  });

  test('publishes again what it couldn’t tick off', async () => {
    const given: number[][] = [];
    let trouble = true;
    start({
      bus: fakeBus(async (messages) => {
        given.push(numbersOf(messages));
        if (!trouble) return;
        trouble = false;
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = $1 and state = 'idle in transaction' and usename = $2`,
          [database.name, countingSchema.role],
        );
      }),
    });
    await tell(1, 2);
    await emptied();
    expect(given).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('stops after what it has in hand, which is then ticked off', async () => {
    const story: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const relay = start({
      bus: fakeBus(async (messages) => {
        story.push(`publishing ${numbersOf(messages).length}`);
        await gate;
        await pause(5);
        story.push('published');
      }),
    });
    await tell(...upTo(700)); // more than one batch
    await waitUntil(() => story.length > 0);
    const stopped = relay.stop().then(() => story.push('stopped'));
    release();
    await stopped;
    expect(story).toEqual(['publishing 500', 'published', 'stopped']);
    expect(await waiting()).toBe(200);
    relay.wake();
    expect(await waiting()).toBe(200);
  });

  test('takes a lane that another one holds only when that is done', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let held = false;
    start({
      pollEvery: 60_000,
      bus: fakeBus(async (messages) => {
        held = true;
        await gate;
        await bus.publish(messages);
      }),
    });
    await tell(1);
    relays[0]?.wake();
    await waitUntil(() => held);
    await tell(2);
    const second: number[] = [];
    start({
      pollEvery: 10,
      bus: fakeBus(async (messages) => {
        second.push(...numbersOf(messages));
        await bus.publish(messages);
      }),
    });
    const looks = jest.spyOn(service.dataSource, 'createQueryRunner');
    await waitUntil(() => looks.mock.calls.length >= 3); // it looked, and found the lane taken
    expect(second).toEqual([]);
    release();
    await emptied();
    expect(await published()).toEqual(new Map([['key', [1, 2]]]));
  });
});

/**
 * The trap that the relay avoids: `where id > last` skips a transaction that took its number early
 * and committed late. It follows a copy of the outbox from which nothing is deleted.
 */
const createCursorById = async () => {
  await admin.query(`
    create table counting.copy as table counting.outbox with no data;
    create function counting.copy() returns trigger language plpgsql security definer as
      $$ begin insert into counting.copy select new.*; return null; end $$;
    create trigger copy after insert on counting.outbox for each row execute function counting.copy()`);
  const client = new Client(database.admin);
  await client.connect();
  let last = '0';
  let seen = 0;
  const look = async () => {
    const { rows } = await client.query<{ id: string }>(
      'select id from counting.copy where id > $1 order by id',
      [last],
    );
    last = rows.at(-1)?.id ?? last;
    seen += rows.length;
  };
  const following = new AbortController();
  const done = (async () => {
    while (!following.signal.aborted) {
      await look();
      await pause(1);
    }
    await look();
    await client.end();
  })();
  return {
    /** How many events there were, and how many of them it saw. */
    stop: async () => {
      following.abort();
      await done;
      const all = (await admin.query('select from counting.copy')).rowCount ?? 0;
      await admin.query('drop function counting.copy cascade; drop table counting.copy');
      return { all, seen };
    },
  };
};

test('under 16 writers with transactions of 1 to 30 ms and rollbacks, two relays miss nothing and keep the order of each key; a cursor by id loses events', async () => {
  const keys = keysOf(24);
  await admin.query('insert into counting.counter (key) select unnest($1::text[])', [keys]);
  const relayProcesses = await Promise.all(
    [1, 2].map(() => startSampleService(database.configFor(countingSchema, 2))),
  );
  const running = relayProcesses.map(({ system }) => start({ system, pollEvery: 20 }));
  wake = () => running.forEach((relay) => relay.wake());
  const cursor = await createCursorById();

  /** Counts one further and tells of it: the row's lock orders those who count the same. */
  const count = async ({ session, outbox }: UnitOfWork, key: string): Promise<void> => {
    const [counter] = await session.query<{ n: number }>(
      'update counting.counter set n = n + 1 where key = $1 returning n',
      [key],
    );
    outbox.add(counted(key, counter!.n));
  };
  const between1and30 = () => pause(1 + 29 * Math.random());
  let rolledBack = 0;
  await Promise.all(
    upTo(16).map(async () => {
      for (let round = 0; round < 25; round++) {
        const key = keys[Math.floor(Math.random() * keys.length)]!;
        const failing = Math.random() < 0.2;
        const writing = service.transaction('consumer', async (unitOfWork) => {
          await count(unitOfWork, key);
          unitOfWork.session.beforeCommit(async () => {
            await between1and30(); // its event has its number by now
            if (failing) throw new Error('rolled back');
          });
        });
        await writing.catch(() => (rolledBack += 1));
      }
    }),
  );
  await emptied();
  await Promise.all(running.map((relay) => relay.stop()));
  await Promise.all(relayProcesses.map(({ dataSource }) => dataSource.destroy()));

  const { rows } = await admin.query<{ key: string; n: number }>('select key, n from counting.counter');
  const log = await published();
  for (const { key, n } of rows) expect([...new Set(log.get(key) ?? [])]).toEqual(upTo(n).map((i) => i + 1));
  const committed = rows.reduce((sum, { n }) => sum + n, 0);
  expect(rolledBack).toBeGreaterThan(0);
  expect(committed).toBe(16 * 25 - rolledBack);

  const { all, seen } = await cursor.stop();
  expect(all).toBe(committed);
  expect(seen).toBeLessThan(all);
}, 30_000);
