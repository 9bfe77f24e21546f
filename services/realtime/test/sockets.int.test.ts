import { syncClose, syncPath } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import type { TokenOverrides } from '@almanac/testkit/service';
import { startRealtime, type RealtimeUnderTest } from './harness';

let realtime: RealtimeUnderTest;

beforeAll(async () => {
  realtime = await startRealtime();
});
afterAll(() => realtime.stop());
afterEach(async () => {
  jest.useRealTimers();
  await realtime.hangUp();
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const until = (exp: number): TokenOverrides => ({ claims: { exp } });
const gauge = async () =>
  Number(/^almanac_sync_sockets (\d+)$/m.exec(await realtime.metrics.registry.metrics())?.[1]);

describe('who may connect', () => {
  test.each<[string, TokenOverrides]>([
    ['that has expired', until(1_000)],
    ['of another issuer', { claims: { iss: 'https://elsewhere.test' } }],
    ['for another audience', { claims: { aud: 'elsewhere' } }],
    ['that isn’t signed', { signed: 'none' }],
    ['signed by a stranger', { signed: 'by a stranger' }],
    ['without the scope', { claims: { scope: 'tasks:read tasks:write' } }],
  ])('a token %s is refused', async (_what, overrides) => {
    const device = realtime.open();
    device.say({ type: 'hello', token: await realtime.tokenFor(newId(), overrides), cursor: null });
    expect((await device.ended).code).toBe(syncClose.unauthenticated);
    expect(device.received).toEqual([]);
  });

  test.each([
    ['none, as programs send', 101, undefined],
    ['that of the page itself', 101, 'self'],
    ['one that is configured', 101, 'https://almanac.test'],
    ['another site’s', 403, 'https://evil.test'],
    ['one that begins like ours', 403, 'https://almanac.test.evil.test'],
    ['our host on another port', 403, 'http://127.0.0.1:1'],
    ['null, as of a sandboxed frame', 403, 'null'],
    ['garbage', 403, 'x'],
  ])('an origin of %s is answered with %s', async (_what, status, origin) => {
    const headers = origin === undefined ? {} : { origin: origin === 'self' ? realtime.url : origin };
    const device = realtime.open({ headers });
    if (status === 403) return expect((await device.ended).code).toBe(403);
    device.say({ type: 'hello', token: await realtime.tokenFor(newId()), cursor: null });
    await waitUntil(() => device.welcome);
  });

  test('a request that is no handshake is told to upgrade', async () => {
    const response = await fetch(`${realtime.url}${syncPath}`);
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
  });

  test('a user may have twenty sockets and no more, and one that goes makes room', async () => {
    const user = newId();
    const devices = await Promise.all(Array.from({ length: 20 }, () => realtime.greet(user)));
    const token = await realtime.tokenFor(user);
    const hello = () => {
      const device = realtime.open();
      device.say({ type: 'hello', token, cursor: null });
      return device;
    };
    const oneTooMany = hello();
    expect(await oneTooMany.ended).toEqual({
      code: syncClose.tooManySockets,
      reason: 'too many devices of one user',
    });
    expect(oneTooMany.received).toEqual([]);
    expect((await realtime.greet(newId())).welcome).toBeDefined();
    devices[0]!.socket.close();
    await devices[0]!.ended;
    expect((await realtime.greet(user)).welcome).toBeDefined();
  });

  test('sockets that go while they are greeted leave nothing behind', async () => {
    const user = newId();
    const token = await realtime.tokenFor(user);
    for (let n = 0; n < 30; n++) {
      const device = realtime.open();
      device.socket.once('open', () => {
        device.socket.send(JSON.stringify({ type: 'hello', token, cursor: '7' }));
        device.socket.terminate();
      });
      await device.ended;
    }
    const devices = await Promise.all(Array.from({ length: 20 }, () => realtime.greet(user)));
    expect(devices.every(({ welcome }) => welcome)).toBe(true);
    for (const { socket } of devices) socket.terminate();
  });

  test('how many sockets there are is measured', async () => {
    expect(await gauge()).toBe(0);
    const device = await realtime.greet(newId());
    await realtime.greet(newId());
    expect(await gauge()).toBe(2);
    device.socket.close();
    await waitUntil(async () => (await gauge()) === 1);
  });
});

describe('the end of a token', () => {
  test('closes the socket with 4401', async () => {
    const device = realtime.open();
    device.say({ type: 'hello', token: await realtime.tokenFor(newId(), until(inSeconds(2))), cursor: null });
    await waitUntil(() => device.welcome);
    expect(await device.ended).toEqual({ code: syncClose.unauthenticated, reason: 'the token has ended' });
  });

  test('does not come when a new token came before', async () => {
    const user = newId();
    const device = realtime.open();
    device.say({ type: 'hello', token: await realtime.tokenFor(user, until(inSeconds(4))), cursor: null });
    await waitUntil(() => device.welcome);
    device.say({ type: 'auth', token: await realtime.tokenFor(user) });
    const other = realtime.open();
    other.say({ type: 'hello', token: await realtime.tokenFor(newId(), until(inSeconds(4))), cursor: null });
    await other.ended; // as long as the first token was good for
    await realtime.change(user);
    await device.hasChanges(1);
  });

  test('of a year is no end at once', async () => {
    const user = newId();
    const device = realtime.open();
    device.say({
      type: 'hello',
      token: await realtime.tokenFor(user, until(inSeconds(365 * 86_400))),
      cursor: null,
    });
    await waitUntil(() => device.welcome);
    await realtime.change(user);
    await device.hasChanges(1);
    expect(device.socket.readyState).toBe(device.socket.OPEN);
  });

  test('another user’s token, or a bad one, ends the socket', async () => {
    for (const [user, overrides] of [
      [newId(), undefined],
      [newId(), until(1_000)],
    ] as const) {
      const device = await realtime.greet(newId());
      device.say({ type: 'auth', token: await realtime.tokenFor(user, overrides) });
      expect((await device.ended).code).toBe(syncClose.unauthenticated);
    }
  });
});

describe('what may be said', () => {
  test.each<[string, string | Buffer | object, number]>([
    ['bytes', Buffer.from('{"type":"hello"}'), syncClose.badMessage],
    ['no JSON', 'hello', syncClose.badMessage],
    ['another JSON', '[]', syncClose.badMessage],
    ['nothing', '', syncClose.badMessage],
    ['an unknown type', { type: 'goodbye' }, syncClose.badMessage],
    ['hello without a token', { type: 'hello', cursor: null }, syncClose.badMessage],
    ['hello with a number as cursor', { type: 'hello', token: 'x', cursor: 7 }, syncClose.badMessage],
    [
      'hello with more than there is',
      { type: 'hello', token: 'x', cursor: null, user: newId() },
      syncClose.badMessage,
    ],
    ['a cursor without end', { type: 'hello', token: 'x', cursor: '1'.repeat(101) }, syncClose.badMessage],
    ['a token without end', { type: 'hello', token: 'x'.repeat(8_193), cursor: null }, syncClose.badMessage],
    ['auth before hello', { type: 'auth', token: 'x' }, syncClose.badMessage],
    ['33 KB', 'x'.repeat(33 * 1024), 1009],
  ])('%s closes the socket', async (_what, message, code) => {
    const device = realtime.open();
    device.say(message);
    expect((await device.ended).code).toBe(code);
    expect(device.received).toEqual([]);
  });

  test('hello is said once', async () => {
    const user = newId();
    const device = await realtime.greet(user);
    device.say({ type: 'hello', token: await realtime.tokenFor(user), cursor: null });
    expect(await device.ended).toEqual({ code: syncClose.badMessage, reason: 'hello was said already' });
  });

  test('what comes after a bad message is not heard any more', async () => {
    const device = realtime.open();
    const token = await realtime.tokenFor(newId());
    device.say('garbage');
    device.say({ type: 'hello', token, cursor: null });
    expect((await device.ended).code).toBe(syncClose.badMessage);
    expect(device.received).toEqual([]);
  });

  test('a flood of messages closes the socket', async () => {
    const user = newId();
    const device = await realtime.greet(user);
    const token = await realtime.tokenFor(user);
    for (let n = 0; n < 1_000; n++) device.say({ type: 'auth', token: `${token}${n}` });
    expect([syncClose.badMessage, syncClose.unauthenticated]).toContain((await device.ended).code);
  });

  test('text that is no UTF-8 closes the socket', async () => {
    const device = realtime.open();
    await new Promise((resolve) => device.socket.once('open', resolve));
    device.socket.send(Buffer.from([0x7b, 0xff]), { binary: false });
    expect((await device.ended).code).toBe(1007);
  });

  test('who says nothing for ten seconds is let go', async () => {
    jest.useFakeTimers({
      doNotFake: [
        'setInterval',
        'setImmediate',
        'Date',
        'nextTick',
        'queueMicrotask',
        'performance',
        'hrtime',
      ],
    });
    const device = realtime.open();
    await new Promise((resolve) => device.socket.once('open', resolve));
    jest.advanceTimersByTime(10_000);
    jest.useRealTimers();
    expect(await device.ended).toEqual({ code: syncClose.unauthenticated, reason: 'say hello first' });
  });
});

describe('when something is broken', () => {
  test('a device that answers no pings is let go, one that does stays', async () => {
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
    const [living, dead] = [alone.open(), alone.open({ autoPong: false })];
    const user = newId();
    for (const device of [living, dead]) {
      device.say({ type: 'hello', token: await alone.tokenFor(user), cursor: null });
      await waitUntil(() => device.welcome);
    }
    const pinged = new Promise((resolve) => living.socket.once('ping', resolve));
    jest.advanceTimersByTime(25_000);
    await pinged;
    await alone.change(user);
    await living.hasChanges(1); // so its pong, which it sent before, has arrived as well
    living.socket.ping();
    await new Promise((resolve) => living.socket.once('pong', resolve));
    jest.advanceTimersByTime(25_000);
    expect((await dead.ended).code).toBe(1006);
    await alone.change(user, 1, { from: 2 });
    await living.hasChanges(2);
    await alone.stop();
    jest.useRealTimers();
  });

  test('a feed that can’t be read makes the device come again', async () => {
    const user = newId();
    const device = await realtime.greet(user);
    await realtime.sql('alter table realtime.feed rename column change to changed');
    await realtime.sql(`select pg_notify('realtime_feed', $1)`, [user]);
    expect(await device.ended).toEqual({ code: 1013, reason: 'try again later' });
    await realtime.sql('alter table realtime.feed rename column changed to change');
  });

  test('a device that can’t be greeted is asked to come again', async () => {
    await realtime.sql('alter table realtime.feed_head rename to gone');
    const device = realtime.open();
    device.say({ type: 'hello', token: await realtime.tokenFor(newId()), cursor: null });
    expect(await device.ended).toEqual({ code: 1013, reason: 'try again later' });
    await realtime.sql('alter table realtime.gone rename to feed_head');
  });

  test('what was trimmed under a device’s feet makes it come again, and then list afresh', async () => {
    const user = newId();
    const device = await realtime.greet(user);
    await realtime.sql('insert into realtime.feed_head values ($1, 5)', [user]);
    await realtime.sql(
      `insert into realtime.feed (user_id, position, change) values ($1, 5, json_build_object('kind', 'task', 'id', $2::text, 'version', 1, 'task', null))`,
      [user, newId()],
    );
    await realtime.sql(`select pg_notify('realtime_feed', $1)`, [user]);
    expect((await device.ended).code).toBe(1013);
    expect((await realtime.greet(user, { cursor: '0' })).welcome).toEqual({
      type: 'welcome',
      cursor: '5',
      reset: true,
    });
  });
});

test('a service that stops tells its devices, also one that doesn’t answer', async () => {
  const alone = await startRealtime();
  const device = await alone.greet(newId());
  const deaf = await alone.greet(newId());
  deaf.socket.pause();
  await alone.stopReplica(0);
  expect(await device.ended).toEqual({ code: 1001, reason: 'the server restarts' });
  await alone.stop();
});
