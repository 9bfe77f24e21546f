import type { Change } from '@almanac/contracts';
import { createSync, type Socket } from './sync';

const change: Change = { kind: 'task', id: '1', version: 2, task: null };

/** The far end of the sockets. */
function far() {
  const sockets: (Socket & { sent: unknown[]; closed: boolean })[] = [];
  const open = (): Socket => {
    const sent: unknown[] = [];
    const socket = {
      sent,
      closed: false,
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text: string) => void sent.push(JSON.parse(text)),
      close: () => void (socket.closed = true),
    };
    sockets.push(socket);
    return socket;
  };
  const last = () => sockets.at(-1)!;
  return {
    open,
    sockets,
    last,
    accept: () => last().onopen?.(),
    tell: (message: unknown) => last().onmessage?.({ data: JSON.stringify(message) }),
    hangUp: (code = 1006) => last().onclose?.({ code }),
  };
}

function setUp() {
  const server = far();
  const [changes, welcomes]: [Change[], boolean[]] = [[], []];
  const token = jest.fn(() => Promise.resolve<string | null>('token'));
  const renew = jest.fn(() => Promise.resolve<string | null>('renewed'));
  const sync = createSync({
    open: server.open,
    token,
    renew,
    onWelcome: (fresh) => welcomes.push(fresh),
    onChanges: (arrived) => changes.push(...arrived),
    now: () => 1000,
    random: () => 1,
  });
  const tick = (ms = 0) => jest.advanceTimersByTimeAsync(ms);
  const welcome = (cursor: string, reset = false) => {
    server.accept();
    server.tell({ type: 'welcome', cursor, reset });
  };
  return { server, changes, welcomes, token, renew, sync, tick, welcome };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the socket', () => {
  test('introduces itself, is welcomed and brings changes', async () => {
    const { server, sync, tick, welcome, welcomes, changes } = setUp();
    sync.start();
    await tick();
    welcome('a');
    server.tell({ type: 'changes', cursor: 'b', changes: [change] });
    expect(server.last().sent).toEqual([{ type: 'hello', token: 'token', cursor: null }]);
    expect(welcomes).toEqual([true]);
    expect(changes).toEqual([change]);
    expect(sync.connection.value).toEqual({ is: 'live' });
  });

  test('takes up after a break where it was', async () => {
    const { server, sync, tick, welcome, welcomes } = setUp();
    sync.start();
    await tick();
    welcome('a');
    server.tell({ type: 'changes', cursor: 'b', changes: [change] });
    server.hangUp();
    expect(sync.connection.value).toEqual({ is: 'offline', since: 1000, retryAt: 1500 });
    await tick(500);
    welcome('c');
    expect(server.last().sent).toEqual([{ type: 'hello', token: 'token', cursor: 'b' }]);
    expect(welcomes).toEqual([true, false]);
  });

  test('asks to list anew when its place is no longer kept', async () => {
    const { server, sync, tick, welcome, welcomes } = setUp();
    sync.start();
    await tick();
    welcome('a');
    server.hangUp();
    await tick(500);
    welcome('z', true);
    expect(welcomes).toEqual([true, true]);
  });

  test('waits longer each time, and no longer once it is through', async () => {
    const { server, sync, tick, welcome } = setUp();
    sync.start();
    await tick();
    for (const delay of [500, 1000, 2000]) {
      server.hangUp();
      await tick(delay - 1);
      const before = server.sockets.length;
      await tick(1);
      expect(server.sockets).toHaveLength(before + 1);
    }
    welcome('a');
    server.hangUp();
    expect(sync.connection.value).toMatchObject({ retryAt: 1500 });
  });

  test('tries at once when told to, and again when there is no token to be had', async () => {
    const { server, sync, tick, token } = setUp();
    token.mockRejectedValueOnce(new Error('unreachable'));
    sync.start();
    await tick();
    expect(server.sockets).toHaveLength(0);
    sync.retry();
    await tick();
    expect(server.sockets).toHaveLength(1);
  });

  test('renews a token that is refused, once', async () => {
    const { server, sync, tick, renew } = setUp();
    sync.start();
    await tick();
    server.accept();
    server.hangUp(4401);
    await tick();
    server.accept();
    expect(server.last().sent).toEqual([{ type: 'hello', token: 'renewed', cursor: null }]);
    server.hangUp(4401);
    await tick();
    expect(renew).toHaveBeenCalledTimes(1);
    expect(sync.connection.value.is).toBe('offline');
  });

  test('shows the next token before the last one ends', async () => {
    const { server, sync, tick, welcome } = setUp();
    sync.start();
    await tick();
    sync.present('too early');
    welcome('a');
    sync.present('next');
    expect(server.last().sent.at(-1)).toEqual({ type: 'auth', token: 'next' });
    expect(server.last().sent).toHaveLength(2);
  });

  test('is given up when the network goes, and stays closed once stopped', async () => {
    const { server, sync, tick, welcome } = setUp();
    sync.start();
    await tick();
    welcome('a');
    sync.lose();
    expect(server.last().closed).toBe(true);
    expect(sync.connection.value.is).toBe('offline');
    sync.stop();
    await tick(60_000);
    expect(server.sockets).toHaveLength(1);
  });

  test('isn’t opened for somebody who has signed out', async () => {
    const { server, sync, tick, token } = setUp();
    token.mockResolvedValue(null);
    sync.start();
    await tick(60_000);
    expect(server.sockets).toHaveLength(0);
  });
});
