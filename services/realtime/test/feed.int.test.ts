import { newId } from '@almanac/kernel';
import { waitUntil, withClient } from '@almanac/testkit';
import { WebSocketServer, type WebSocket } from 'ws';
import { realtimeSchema } from '../src';
import { startRealtime, type RealtimeUnderTest } from './harness';

let realtime: RealtimeUnderTest;

beforeAll(async () => {
  realtime = await startRealtime({ replicas: 2 });
});
afterAll(() => realtime.stop());

/** Puts changes into a feed as if they had come one by one; no notification tells of them. */
const fill = async (user: string, count: number, description = '') => {
  await realtime.sql(
    `insert into realtime.feed (user_id, position, change)
     select $1, n, json_build_object('kind', 'task', 'id', $2::text, 'version', n, 'task', json_build_object(
       'id', $2::text, 'title', 'x', 'description', $4::text, 'status', 'open', 'priority', 'low', 'tags', '[]'::json,
       'due', null, 'createdAt', '2026-11-21T09:30:00Z', 'updatedAt', '2026-11-21T09:30:00Z', 'completedAt', null, 'version', n))
     from generate_series(1, $3::int) n`,
    [user, newId(), count, description],
  );
  await realtime.sql('insert into realtime.feed_head values ($1, $2)', [user, count]);
};

const versions = (count: number, from = 1) => Array.from({ length: count }, (_, n) => from + n);

test('a device is welcomed, and then told each change of its user in order', async () => {
  const user = newId();
  const device = await realtime.greet(user);
  expect(device.received).toEqual([{ type: 'welcome', cursor: '0', reset: false }]);
  const changes = await realtime.change(user, 25);
  await device.hasChanges(25);
  expect(device.changes).toEqual(changes);
  expect(device.cursor).toBe('25');
});

test('a deleted task is told as one that is no more', async () => {
  const user = newId();
  const device = await realtime.greet(user);
  const [change] = await realtime.change(user, 1, { deleted: true });
  await device.hasChanges(1);
  expect(device.changes).toEqual([{ ...change, task: null }]);
});

test('other users’ devices are told nothing', async () => {
  const [ada, grace] = [newId(), newId()];
  const [device, other] = [await realtime.greet(ada), await realtime.greet(grace)];
  await realtime.change(ada);
  await device.hasChanges(1);
  await realtime.change(grace);
  await other.hasChanges(1);
  expect(device.changes).toHaveLength(1);
  expect(other.changes).toHaveLength(1);
});

test('a change through one replica shows on the sockets of the other', async () => {
  const user = newId();
  const devices = await Promise.all([0, 1, 0, 1].map((replica) => realtime.greet(user, { replica })));
  const changes = await realtime.change(user, 50);
  for (const device of devices) {
    await device.hasChanges(50);
    expect(device.changes).toEqual(changes);
  }
});

test('a device that was away reads on where it stopped, on whichever replica', async () => {
  const user = newId();
  const taskId = newId();
  const first = await realtime.greet(user);
  await realtime.change(user, 3, { taskId });
  await first.hasChanges(3);
  first.socket.close();
  await first.ended;
  await realtime.change(user, 4, { taskId, from: 4 });
  const again = await realtime.greet(user, { cursor: first.cursor, replica: 1 });
  expect(again.received[0]).toEqual({ type: 'welcome', cursor: '3', reset: false });
  await again.hasChanges(4);
  expect(again.changes.map(({ version }) => version)).toEqual([4, 5, 6, 7]);
});

test('a device with nothing yet lists for itself, and is told what comes after', async () => {
  const user = newId();
  await fill(user, 5);
  const device = await realtime.greet(user);
  expect(device.welcome).toEqual({ type: 'welcome', cursor: '5', reset: false });
  await realtime.change(user, 1, { from: 6 });
  await device.hasChanges(1);
  expect(device.changes.map(({ version }) => version)).toEqual([6]);
});

test('of 10,000 changes missed none is missing after, and they come within seconds', async () => {
  const user = newId();
  await fill(user, 10_000);
  const begun = performance.now();
  const device = await realtime.greet(user, { cursor: '0' });
  await device.hasChanges(10_000, 20_000);
  expect(device.changes.map(({ version }) => version)).toEqual(versions(10_000));
  expect(device.cursor).toBe('10000');
  expect(performance.now() - begun).toBeLessThan(10_000);
}, 30_000);

test.each(['99', '999999999999999', 'garbage', '', '-1', '1.5', '0x1', ' 1', `' or 1=1`])(
  'a cursor that is none of the feed’s (%j) means listing afresh, and reading on from the end',
  async (cursor) => {
    const user = newId();
    await fill(user, 3);
    const device = await realtime.greet(user, { cursor });
    expect(device.welcome).toEqual({ type: 'welcome', cursor: '3', reset: true });
    await realtime.change(user, 1, { from: 4 });
    await device.hasChanges(1);
    expect(device.changes).toHaveLength(1);
  },
);

test('changes are kept for seven days; a device that was away for longer lists afresh', async () => {
  const user = newId();
  await fill(user, 10);
  const week = 7 * 24 * 60 * 60 * 1000;
  const now = Date.now();
  await realtime.sql('update realtime.feed set at = $2 where user_id = $1 and position <= 4', [
    user,
    new Date(now - week - 1000),
  ]);
  await realtime.sql('update realtime.feed set at = $2 where user_id = $1 and position > 4', [
    user,
    new Date(now - week + 60_000),
  ]);
  realtime.clock.set(new Date(now).toISOString());
  await realtime.scheduler.run('realtime-trim-feeds');
  for (const [cursor, reset, at] of [
    ['0', true, '10'],
    ['3', true, '10'],
    ['4', false, '4'],
    ['10', false, '10'],
  ] as const)
    expect((await realtime.greet(user, { cursor })).welcome).toEqual({ type: 'welcome', cursor: at, reset });
  realtime.clock.advance(week);
  await realtime.scheduler.run('realtime-trim-feeds');
  expect((await realtime.greet(user, { cursor: '10' })).welcome).toMatchObject({
    cursor: '10',
    reset: false,
  });
  expect((await realtime.greet(user, { cursor: '9' })).welcome).toMatchObject({ cursor: '10', reset: true });
});

test('an event that is delivered three times is told once', async () => {
  const user = newId();
  const device = await realtime.greet(user);
  await realtime.change(user, 1);
  await device.hasChanges(1);
  const rows = await realtime.sql<{ event: never }>(
    'select event from bus.event order by appended_at desc limit 1',
  );
  const again = { topic: 'task-updates' as const, key: user, event: rows[0]!.event };
  await realtime.publish([again, again]);
  await realtime.change(user, 1, { from: 2 });
  await device.hasChanges(2);
  expect(device.changes.map(({ version }) => version)).toEqual([1, 2]);
  expect(device.cursor).toBe('2');
});

test('changes of many tasks by many at once keep one order on all devices', async () => {
  const user = newId();
  const devices = await Promise.all([0, 1, 1].map((replica) => realtime.greet(user, { replica })));
  await Promise.all(Array.from({ length: 20 }, () => realtime.change(user, 5)));
  for (const device of devices) await device.hasChanges(100);
  expect(devices[1]!.changes).toEqual(devices[0]!.changes);
  expect(devices[2]!.changes).toEqual(devices[0]!.changes);
});

test('a slow device costs a bounded amount of memory, and gets everything in the end', async () => {
  const accepted: WebSocket[] = [];
  const handleUpgrade = WebSocketServer.prototype.handleUpgrade;
  jest.spyOn(WebSocketServer.prototype, 'handleUpgrade').mockImplementation(function (
    this: WebSocketServer,
    request,
    socket,
    head,
    done,
  ) {
    handleUpgrade.call(this, request, socket, head, (client: WebSocket, message) => {
      accepted.push(client);
      done(client, message);
    });
  });
  const user = newId();
  await fill(user, 1_000, '☃'.repeat(10_000)); // 30 MB in UTF-8
  const device = await realtime.greet(user, { cursor: '0' });
  device.socket.pause();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, accepted[0]!.bufferedAmount)), 1);
  await waitUntil(() => accepted[0]!.bufferedAmount > 512 * 1024, { until: 'messages waited' });
  await waitUntil(
    async () => {
      const before = accepted[0]!.bufferedAmount;
      await realtime.sql('select pg_sleep(0.1)');
      return accepted[0]!.bufferedAmount === before;
    },
    { until: 'nothing more was read for it' },
  );
  device.socket.resume();
  await device.hasChanges(1_000, 30_000);
  clearInterval(watch);
  expect(device.changes.map(({ version }) => version)).toEqual(versions(1_000));
  expect(most).toBeLessThan(1.5 * 1024 * 1024);
}, 60_000);

describe('when a wake-up is lost', () => {
  test('a LISTEN connection that breaks is made again, and what came meanwhile is told', async () => {
    const user = newId();
    const device = await realtime.greet(user);
    const listening = () =>
      realtime.sql<{ pid: number }>(
        `select pid from pg_stat_activity where datname = $1 and application_name = 'almanac-listen-realtime_feed'`,
        [realtime.database.name],
      );
    const before = await listening();
    expect(before).toHaveLength(2);
    for (const { pid } of before) await realtime.sql('select pg_terminate_backend($1)', [pid]);
    await waitUntil(async () => (await listening()).length === 0);
    await fill(user, 3); // nobody is told
    await device.hasChanges(3);
    expect(device.changes).toHaveLength(3);
    await realtime.change(user, 1, { from: 4 });
    await device.hasChanges(4);
  });

  test('a look at all feeds now and then finds what was not told', async () => {
    jest.useFakeTimers({
      doNotFake: [
        'setTimeout',
        'setImmediate',
        'Date',
        'nextTick',
        'queueMicrotask',
        'performance',
        'hrtime',
      ],
    });
    const alone = await startRealtime();
    const user = newId();
    const device = await alone.greet(user);
    const idle = await alone.greet(newId());
    await withClient(alone.database.configFor(realtimeSchema), async (client) => {
      await client.query(`select set_config('app.capacity', 'consumer', false)`);
      await client.query(
        `insert into realtime.feed (user_id, position, change)
         values ($1, 1, json_build_object('kind', 'task', 'id', $2::text, 'version', 1, 'task', null))`,
        [user, newId()],
      );
      await client.query('insert into realtime.feed_head values ($1, 1)', [user]);
    });
    jest.advanceTimersByTime(15_000);
    await device.hasChanges(1);
    expect(idle.received).toHaveLength(1);
    await alone.stop();
    jest.useRealTimers();
  });
});
