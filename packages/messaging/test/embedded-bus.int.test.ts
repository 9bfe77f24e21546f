import { setTimeout as pause } from 'node:timers/promises';
import { topics } from '@almanac/contracts';
import { createTestDatabase, waitUntil, type TestDatabase } from '@almanac/testkit';
import { Client } from 'pg';
import {
  busSchema,
  createEmbeddedBus,
  PermanentError,
  type Message,
  type EmbeddedBus,
  type EmbeddedBusOptions,
  type LoggedEvent,
} from '../src';
import { hash32 } from '../src/hash';
import { connectEmbedded } from './embedded-adapter';
import {
  distinct,
  handledOf,
  keysOf,
  orderOf,
  sampleMessage,
  sampleMessages,
  upTo,
  type Handled,
  type Sample,
} from './sample';

let database: TestDatabase;
let admin: Client;
let buses: EmbeddedBus[];
let errors: unknown[];

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [busSchema] });
  admin = new Client(database.admin);
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.drop();
});

beforeEach(async () => {
  await admin.query('truncate bus.partition, bus.event, bus.group_offset, bus.parked, bus.dead_letter');
  buses = [];
  errors = [];
});

afterEach(() => Promise.all(buses.map((bus) => bus.stop())));

const connect = async (options: Partial<EmbeddedBusOptions> = {}): Promise<EmbeddedBus> => {
  const bus = await connectEmbedded(database.configFor(busSchema), {
    onError: (error) => errors.push(error),
    ...options,
  });
  buses.push(bus);
  return bus;
};
const count = async (sql: string): Promise<number> => (await admin.query(sql)).rowCount ?? 0;
const connections = (): Promise<number> =>
  count(`select from pg_stat_activity where datname = current_database() and usename = '${busSchema.role}'`);
const group = { group: 'group', topics: ['task-events'] } as const;
const partitions = upTo(topics['task-events'].partitions);
const partitionOf = (key: string) => hash32(key) % partitions.length;

/** Two keys in two partitions. */
const [here, there] = ((): [string, string] => {
  const [first = '', ...others] = keysOf(100);
  return [first, others.find((key) => partitionOf(key) !== partitionOf(first)) ?? ''];
})();

describe('the log', () => {
  /** Follows a partition by position, as a projection does. */
  const follow = (bus: EmbeddedBus, partition: number) => {
    const seen: LoggedEvent[] = [];
    const look = async () => {
      const more = await bus.read('task-events', partition, seen.at(-1)?.position ?? 0, 50);
      seen.push(...more);
      return more.length;
    };
    return { seen, look };
  };

  test('misses nothing and numbers without gaps, under 16 that append at once in transactions of 1 to 30 ms', async () => {
    await admin.query(`
      create function bus.take_time() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.001 + 0.029 * random()); return null; end $$;
      create trigger take_time after insert on bus.event for each statement execute function bus.take_time()`);
    try {
      const appenders = await Promise.all(Array.from({ length: 4 }, () => connect()));
      const keys = keysOf(64);
      const readers = partitions.map((partition) => follow(appenders[0]!, partition));
      let appending = true;
      const reading = readers.map(async ({ look }) => {
        while (appending) if ((await look()) === 0) await pause(2);
        while ((await look()) > 0);
      });
      await Promise.all(
        upTo(16).map(async (writer) => {
          const mine = keys.filter((_, i) => i % 16 === writer);
          const bus = appenders[writer % appenders.length]!; // four share one, as requests of a process do
          for (const n of upTo(15)) await bus.publish(sampleMessages(mine, 1, n));
        }),
      );
      appending = false;
      await Promise.all(reading);

      for (const { seen } of readers)
        expect(seen.map(({ position }) => position)).toEqual(upTo(seen.length).map((n) => n + 1));
      const events = readers.flatMap(({ seen }) => seen.map(({ event }) => event));
      expect(events).toHaveLength(64 * 15);
      for (const key of keys)
        expect(
          events.filter(({ partitionkey }) => partitionkey === key).map(({ data }) => (data as Sample).n),
        ).toEqual(upTo(15));
    } finally {
      await admin.query('drop function bus.take_time cascade');
    }
  }, 20_000);

  test('is read from any position, so many at a time', async () => {
    const bus = await connect();
    const messages = sampleMessages([here], 5);
    await bus.publish(messages);
    const read = await bus.read('task-events', partitionOf(here), 2, 2);
    expect(read).toEqual([
      { position: 3, event: messages[2]?.event },
      { position: 4, event: messages[3]?.event },
    ]);
    expect(await bus.read('task-events', partitionOf(here), 5, 2)).toEqual([]);
    expect(await bus.read('task-updates', partitionOf(here), 0, 2)).toEqual([]);
  });

  test('has all events of a batch or none, also when PostgreSQL refuses one', async () => {
    const bus = await connect();
    const impossible = sampleMessage('\0', 0);
    await expect(bus.publish([...sampleMessages(keysOf(20), 2), impossible])).rejects.toMatchObject({
      code: '22021',
    });
    expect(await count('select from bus.event')).toBe(0);
    await bus.publish(sampleMessages([here], 1));
    expect(await bus.read('task-events', partitionOf(here), 0, 1)).toMatchObject([{ position: 1 }]);
  });

  test('refuses an event when it was never started, rather than lose it', async () => {
    const bus = createEmbeddedBus({ connection: database.configFor(busSchema) });
    buses.push(bus);
    await expect(bus.publish(sampleMessages([here], 1))).rejects.toThrow(/null value in column "position"/);
  });
});

describe('pruning', () => {
  const age = () => admin.query(`update bus.event set appended_at = now() - interval '10 days'`);
  const handleAll = async (bus: EmbeddedBus, name: string, expected: number): Promise<Handled[]> => {
    const handled: Handled[] = [];
    await bus.subscribe({
      ...group,
      group: name,
      handle: (event) => Promise.resolve(void handled.push(handledOf(event))),
    });
    await waitUntil(() => distinct(handled) === expected);
    return handled;
  };
  const settled = (expected: number) =>
    waitUntil(
      async () =>
        (await count(
          'select from bus.group_offset o join bus.partition p using (topic, partition) where position = head and head > 0',
        )) === expected,
    );

  test('drops what is old and behind every group, and nothing else', async () => {
    const bus = await connect();
    await bus.publish(sampleMessages(keysOf(50), 2));
    await bus.publish([{ ...sampleMessage('chain', 0), topic: 'audit-heads' }]);
    await handleAll(bus, 'fast', 100);
    await settled(partitions.length);
    expect(await bus.prune(7)).toBe(0); // new
    await age();
    const slow = await bus.subscribe({
      ...group,
      group: 'slow',
      handle: () => Promise.reject(new Error('no')),
    });
    await slow.stop();
    await admin.query(`update bus.group_offset set position = 3 where group_name = 'slow'`);
    expect(await bus.prune(7)).toBe(partitions.length * 3);
    await admin.query(`delete from bus.group_offset where group_name = 'slow'`);
    expect(await bus.prune(7)).toBe(100 - partitions.length * 3);
    expect(await count('select from bus.event')).toBe(1); // the head of the audit chain is kept
  });

  test('doesn’t hold up a group that begins afterwards', async () => {
    const bus = await connect();
    await bus.publish(sampleMessages(keysOf(50), 1));
    await age();
    expect(await bus.prune(7)).toBe(50);
    const handled = await handleAll(bus, 'late', 0);
    await settled(partitions.length);
    await bus.publish(sampleMessages(keysOf(50), 1, 1));
    await waitUntil(() => distinct(handled) === 50);
  });
});

describe('a member', () => {
  test('gets what is published while nobody listens: it looks by itself', async () => {
    const listening = `from pg_stat_activity
      where datname = current_database() and application_name = 'almanac-listen-bus_appended'`;
    const bus = await connect({ pollEvery: 50 });
    const handled: Handled[] = [];
    await bus.subscribe({
      ...group,
      handle: (event) => Promise.resolve(void handled.push(handledOf(event))),
    });
    await admin.query(`select pg_terminate_backend(pid) ${listening}`);
    await waitUntil(async () => (await count(`select ${listening}`)) === 0);
    await bus.publish(sampleMessages([here], 1));
    await waitUntil(() => handled.length === 1, { every: 2 });
    expect(await count(`select ${listening}`)).toBe(0); // it listens again after a second
  });

  test('may publish while it handles, even when every connection for handling is in use', async () => {
    const bus = await connect({ poolSize: 1 });
    const handled: Handled[] = [];
    await bus.subscribe({
      ...group,
      handle: async (event) => {
        const { n } = handledOf(event);
        if (n === 0) await bus.publish([sampleMessage(here, 1)]);
        handled.push(handledOf(event));
      },
    });
    await bus.publish([sampleMessage(here, 0)]);
    await waitUntil(() => distinct(handled) === 2);
  });

  test('that is busy with a slow event goes on with other partitions meanwhile, whenever their events come', async () => {
    const bus = await connect({ pollEvery: 60_000 });
    const story: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await bus.subscribe({
      ...group,
      handle: async (event) => {
        const { key, n } = handledOf(event);
        story.push(`${key} ${n}`);
        if (key === here) await gate;
      },
    });
    await bus.publish([sampleMessage(here, 0)]);
    await waitUntil(() => story.length === 1);
    for (const n of upTo(5)) {
      await bus.publish([sampleMessage(there, n)]);
      await waitUntil(() => story.includes(`${there} ${n}`));
    }
    release();
  });

  test('works on two partitions at the same time, woken once', async () => {
    const publisher = await connect();
    await publisher.publish(sampleMessages([here, there], 1));
    await publisher.stop();
    buses = [];
    const bus = await connect({ pollEvery: 60_000 });
    const begun: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await bus.subscribe({
      ...group,
      handle: async ({ partitionkey }) => {
        begun.push(partitionkey);
        await gate;
      },
    });
    await waitUntil(() => begun.length === 2);
    release();
    expect(begun.sort()).toEqual([here, there].sort());
  });

  test('tries again when it is time, and needs nobody to wake it for that', async () => {
    const bus = await connect({
      pollEvery: 60_000,
      retry: { attempts: 3, firstDelay: 100, maxDelay: 100 },
    });
    const attempts: number[] = [];
    await bus.subscribe({
      ...group,
      handle: (_event, { attempt }) => {
        attempts.push(attempt);
        return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      },
    });
    await bus.publish(sampleMessages([here], 1));
    await waitUntil(() => attempts.length === 3);
    expect(attempts).toEqual([1, 2, 3]);
  });

  test('that has nothing to do asks once, and then waits to be woken', async () => {
    const bus = await connect({ pollEvery: 60_000 });
    const handled: Handled[] = [];
    await bus.subscribe({
      ...group,
      handle: (event) => Promise.resolve(void handled.push(handledOf(event))),
    });
    await bus.publish([sampleMessage(here, 0)]);
    await waitUntil(() => handled.length === 1);
    const queries = jest.spyOn(Client.prototype, 'query');
    await pause(200); // a rate needs a time to be measured over
    expect(queries.mock.calls.length).toBeLessThan(10);
    queries.mockClear();
    await bus.publish([sampleMessage(here, 1)]);
    await waitUntil(() => handled.length === 2);
    await pause(50);
    // Append, notify, look, begin, claim, read, move on, commit, look: each way costs something.
    expect(queries.mock.calls.length).toBeLessThan(15);
  });

  test('comes back to what failed also while new events keep coming', async () => {
    const bus = await connect();
    const handled: Handled[] = [];
    await bus.subscribe({
      ...group,
      handle: async (event, { attempt }) => {
        if (event.partitionkey === 'stumbling' && attempt === 1) throw new Error('once');
        await pause(1);
        handled.push(handledOf(event));
      },
    });
    await bus.publish([sampleMessage('stumbling', 0), ...sampleMessages(keysOf(100), 10)]);
    await waitUntil(() => handled.some(({ key }) => key === 'stumbling'));
    expect(handled.length).toBeLessThan(1_000);
  });

  test('leaves what waits of a topic that it doesn’t know to those that do', async () => {
    const old = await connect();
    const handledByOld: string[] = [];
    const current = await connect({ retry: { attempts: 3, firstDelay: 60_000, maxDelay: 60_000 } });
    const update = { ...sampleMessage(here, 0), topic: 'task-updates' } as const;
    const running = await current.subscribe({
      group: 'group',
      topics: ['task-events', 'task-updates'],
      handle: () => Promise.reject(new Error('not yet')),
    });
    await current.publish([update, sampleMessage(here, 0)]);
    await waitUntil(async () => (await count('select from bus.parked')) === 2);
    await running.stop();
    await admin.query(
      `update bus.parked set next_at = now() - make_interval(mins => case topic when 'task-updates' then 2 else 1 end)`,
    );
    await old.subscribe({
      ...group,
      handle: (_event, { topic }) => Promise.resolve(void handledByOld.push(topic)),
    });
    await old.publish(sampleMessages([here], 1, 1));
    await waitUntil(() => handledByOld.length === 2);
    expect(handledByOld).toEqual(['task-events', 'task-events']);
    expect(await count(`select from bus.parked where topic = 'task-updates'`)).toBe(1);
  });

  test('doesn’t handle a key of which another has an event in hand, also when a letter of it comes back', async () => {
    const story: string[] = [];
    let broken = true;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const handle = async (event: Message['event']): Promise<void> => {
      const { key, n } = handledOf(event);
      if (key === here && n === 0 && broken) throw new PermanentError('broken');
      story.push(`${key} ${n} begun`);
      if (key === here && n === 1) await gate;
      story.push(`${key} ${n} done`);
    };
    const [bus] = await Promise.all([connect(), connect()]);
    for (const each of buses) await each.subscribe({ ...group, handle });
    await bus.publish([sampleMessage(here, 0)]);
    const [letter] = await waitUntil(async () => {
      const letters = await bus.list({ limit: 1 });
      return letters.length > 0 && letters;
    });
    await bus.publish([sampleMessage(here, 1)]);
    await waitUntil(() => story.length === 1);
    broken = false;
    await bus.redrive(letter!.id);
    for (const n of [0, 1]) {
      // Whoever handled the first of these has looked at what is parked before the second.
      await bus.publish([sampleMessage(there, n)]);
      await waitUntil(() => story.includes(`${there} ${n} done`));
    }
    release();
    await waitUntil(() => story.includes(`${here} 0 done`));
    expect(story.filter((line) => line.startsWith(`${here} `))).toEqual([
      `${here} 1 begun`,
      `${here} 1 done`,
      `${here} 0 begun`,
      `${here} 0 done`,
    ]);
  });

  test('doesn’t ask again and again for what another has in hand', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const attempts: number[] = [];
    const busy = await connect();
    await busy.subscribe({
      ...group,
      handle: async (_event, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error('once');
        await gate;
      },
    });
    await busy.publish(sampleMessages([here], 1));
    await waitUntil(() => attempts.length === 2);

    const idle = await connect({ pollEvery: 60_000 });
    const queries = jest.spyOn(Client.prototype, 'query');
    await idle.subscribe({ ...group, handle: () => Promise.resolve() });
    await pause(300); // a rate needs a time to be measured over
    expect(queries.mock.calls.length).toBeLessThan(20);
    release();
    await waitUntil(async () => (await count('select from bus.parked')) === 0);
    expect(attempts).toEqual([1, 2]);
  });

  test('that lost its connection takes nothing more of its batch: another may have it', async () => {
    const bus = await connect();
    const story: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await bus.publish(sampleMessages([here], 10));
    await bus.subscribe({
      ...group,
      handle: async (event) => {
        story.push(`${handledOf(event).n}`);
        if (story.length === 1) await gate;
      },
    });
    await waitUntil(() => story.length === 1);
    const { rowCount: cut } = await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2',
      [database.name, busSchema.role],
    );
    const noticed = () => errors.filter((error) => String(error).includes('terminating connection')).length;
    await waitUntil(() => noticed() === cut);
    release();
    await waitUntil(() => story.length === 11);
    expect(story).toEqual(['0', ...upTo(10).map(String)]); // the first once more, and each in order
  });

  test('waits for everything in hand when it stops, also after a part of it failed', async () => {
    await admin.query(`
      create function bus.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
      create trigger refuse before update on bus.group_offset for each row
        when (new.partition = ${partitionOf(there)}) execute function bus.refuse()`);
    try {
      const bus = await connect();
      const story: string[] = [];
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const running = await bus.subscribe({
        ...group,
        handle: async ({ partitionkey }) => {
          if (partitionkey !== here) return;
          story.push('begun');
          await gate;
          await pause(5);
          story.push('handled');
        },
      });
      await bus.publish(sampleMessages([here, there], 1));
      await waitUntil(() => story.length > 0 && errors.length > 0);
      const stopped = running.stop().then(() => story.push('stopped'));
      release();
      await stopped;
      expect(story).toEqual(['begun', 'handled', 'stopped']);
    } finally {
      await admin.query('drop function bus.refuse cascade');
    }
  });

  test('goes on after an error of the database, and says what it was', async () => {
    const bus = await connect();
    const handled: Handled[] = [];
    await admin.query('alter table bus.parked rename to parked_away');
    await bus.subscribe({
      ...group,
      handle: (event) => Promise.resolve(void handled.push(handledOf(event))),
    });
    await bus.publish(sampleMessages([here], 3));
    await waitUntil(() => errors.length > 2);
    expect(errors[0]).toMatchObject({ code: '42P01' });
    await admin.query('alter table bus.parked_away rename to parked');
    await waitUntil(() => distinct(handled) === 3);
    expect(orderOf(handled, here)).toEqual(upTo(3));
  });
});

test('a bus that is stopped leaves no connection behind', async () => {
  const bus = await connect();
  await bus.subscribe({ ...group, handle: () => Promise.resolve() });
  await bus.publish(sampleMessages(keysOf(10), 10));
  expect(await connections()).toBeGreaterThan(1);
  await bus.stop();
  buses = [];
  await waitUntil(async () => (await connections()) === 0);
  expect(errors).toEqual([]);
});
