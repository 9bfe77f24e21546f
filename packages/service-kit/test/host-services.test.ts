import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { waitUntil } from '@almanac/testkit';
import type { Service } from '../src';
import { deferred, host, rawConnection, service } from './sample';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

describe('routing', () => {
  const named = (name: string, ...paths: string[]): Service =>
    service({ name, paths, handle: (_request, response) => void response.end(name) });

  test('each path goes to the service with the longest prefix', async () => {
    const { url, stop } = await host([
      named('page', '/'),
      named('tasks', '/api/tasks'),
      named('api', '/api'),
    ]);
    const asked = async (path: string) => (await fetch(url + path)).text();
    expect(await asked('/api/tasks')).toBe('tasks');
    expect(await asked('/api/tasks/1?x=/api')).toBe('tasks');
    expect(await asked('/api/tasksx')).toBe('api');
    expect(await asked('/api')).toBe('api');
    expect(await asked('/apix')).toBe('page');
    expect(await asked('/?/api/tasks')).toBe('page');
    await stop();
  });

  test('a path that is nobody’s is a problem with a code', async () => {
    const { url, stop } = await host([named('tasks', '/api/tasks')]);
    const answer = await fetch(`${url}/elsewhere`);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status: 404,
      code: 'not_found',
      type: '/problems/not_found',
    });
    await stop();
  });

  test('a port that is taken is an error, and nothing was started', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await waitUntil(() => squatter.listening);
    const start = jest.fn(() => Promise.resolve());
    const { port } = squatter.address() as AddressInfo;
    await expect(host([service({ start })], { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(start).not.toHaveBeenCalled();
    squatter.close();
  });
});

describe('health', () => {
  test('a process is alive and measured before its services have started, but not ready', async () => {
    const started = deferred();
    const port = await freePort();
    const hosting = host([service({ start: () => started.promise })], { port });
    const url = `http://127.0.0.1:${port}`;
    await waitUntil(() => fetch(url));
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'not ready', failing: { process: 'starting' } });
    const early = await fetch(`${url}/sample`);
    expect(early.status).toBe(503);
    expect(early.headers.get('retry-after')).toBe('1');
    expect(await early.json()).toMatchObject({ code: 'unavailable' });
    started.resolve();
    const { stop } = await hosting;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/sample`)).status).toBe(200);
    await stop();
  });

  test('readiness names what doesn’t work, of which service', async () => {
    const readiness = {
      database: () => Promise.resolve('schema is at 1, 2 is needed'),
      disk: () => Promise.resolve(null),
      keys: () => Promise.reject(new Error('no answer')),
    };
    const { url, stop } = await host([service({ readiness })]);
    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      status: 'not ready',
      failing: { 'sample/database': 'schema is at 1, 2 is needed', 'sample/keys': 'no answer' },
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await stop();
  });
});

describe('stopping', () => {
  /** A service that holds its requests until they are let go, and notes what happens. */
  function holding() {
    const held: ServerResponse[] = [];
    const happened: string[] = [];
    return {
      held,
      happened,
      service: service({
        handle: (_request, response) => {
          held.push(response);
          response.once('finish', () => happened.push('answered'));
        },
        stop: () => {
          happened.push('stopped');
          return Promise.resolve();
        },
      }),
    };
  }

  test('a request in flight is answered first, and its connection is closed', async () => {
    const { held, happened, service: slow } = holding();
    const { url, stop } = await host([slow]);
    const asking = fetch(`${url}/sample`);
    await waitUntil(() => held.length === 1);
    const stopping = stop();
    await expect(fetch(`${url}/sample`)).rejects.toThrow('fetch failed'); // takes no new connection
    expect(happened).toEqual([]);
    held[0]!.end('done');
    const answer = await asking;
    expect(await answer.text()).toBe('done');
    expect(answer.headers.get('connection')).toBe('close');
    await stopping;
    expect(happened).toEqual(['answered', 'stopped']);
  });

  test('readiness says no as soon as it begins, to who is connected already', async () => {
    const { held, service: slow } = holding();
    const { port, stop } = await host([slow]);
    const probe = rawConnection(port);
    const waiting = rawConnection(port);
    waiting.write(get('/sample'));
    probe.write('GET /health/ready HTTP/1.1\r\n'); // the rest comes later, so that it isn't an idle connection
    await waitUntil(() => held.length === 1);
    const stopping = stop();
    probe.write('host: x\r\n\r\n');
    await probe.closed;
    expect(probe.received).toMatch(/^HTTP\/1\.1 503 [^]*connection: close[^]*"process":"stopping"/i);
    held[0]!.end();
    await stopping;
  });

  test('idle connections are closed at once', async () => {
    const { port, stop } = await host([service()]);
    const idle = rawConnection(port);
    idle.write(get('/sample'));
    await waitUntil(() => idle.received.includes('ok'));
    await stop();
    await idle.closed;
  });

  test('a request that never ends does not hold it up for ever', async () => {
    const { held, happened, service: slow } = holding();
    const { url, stop } = await host([slow], { patience: 50 });
    const asking = fetch(`${url}/sample`).catch(() => 'cut off');
    await waitUntil(() => held.length === 1);
    await stop();
    expect(happened).toEqual(['stopped']);
    expect(await asking).toBe('cut off');
  });

  test('services stop in reverse order, each also when another can’t, and only once', async () => {
    const stopped: string[] = [];
    const named = (name: string, error?: Error) =>
      service({
        name,
        stop: () => {
          stopped.push(name);
          return error ? Promise.reject(error) : Promise.resolve();
        },
      });
    const { stop, lines } = await host([named('first'), named('second', new Error('stuck')), named('third')]);
    await Promise.all([stop(), stop()]);
    await stop();
    expect(stopped).toEqual(['third', 'second', 'first']);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', message: 'did not stop cleanly', stopped: 'second' }),
    ]);
  });

  test('what had started is stopped when another service can’t start', async () => {
    const stop = jest.fn(() => Promise.resolve());
    const port = await freePort();
    const broken = service({
      start: () => Promise.reject(new Error('no database')),
      stop: () => Promise.reject(new Error('was never started')),
    });
    await expect(host([service({ stop }), broken], { port })).rejects.toThrow('no database');
    expect(stop).toHaveBeenCalledTimes(1);
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow('fetch failed');
  });
});

describe('a client that is slow on purpose', () => {
  const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 };

  test('is cut off when its headers don’t come to an end', async () => {
    const { port, stop } = await host([service()], { limits });
    const slow = rawConnection(port);
    slow.write('GET /sample HTTP/1.1\r\nhost: x\r\n');
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1\.1 408 /);
    await stop();
  });

  test('is cut off when its body doesn’t come to an end', async () => {
    const reading = service({
      handle: (request, response) => void request.resume().once('end', () => response.end()),
    });
    const { port, stop } = await host([reading], { limits });
    const slow = rawConnection(port);
    slow.write('POST /sample HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx');
    await slow.closed;
    expect(slow.received).toMatch(/^HTTP\/1\.1 408 /);
    await stop();
  });
});

describe('an upgrade', () => {
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`;

  test('goes to the service whose path it is', async () => {
    const taking = service({ upgrade: (_request, socket) => void socket.end('HTTP/1.1 101 Hello\r\n\r\n') });
    const { port, stop } = await host([taking, service({ paths: ['/plain'] })]);
    const answers: string[] = [];
    for (const path of ['/sample', '/plain', '/elsewhere']) {
      const client = rawConnection(port);
      client.write(upgrade(path));
      await client.closed;
      answers.push(client.received.split('\r\n')[0]!);
    }
    expect(answers).toEqual(['HTTP/1.1 101 Hello', 'HTTP/1.1 404 Not Found', 'HTTP/1.1 404 Not Found']);
    await stop();
  });

  test('is refused while services start', async () => {
    const started = deferred();
    const port = await freePort();
    const hosting = host([service({ start: () => started.promise })], { port });
    await waitUntil(() => fetch(`http://127.0.0.1:${port}/health/live`));
    const client = rawConnection(port);
    client.write(upgrade('/sample'));
    await client.closed;
    expect(client.received).toMatch(/^HTTP\/1\.1 503 /);
    started.resolve();
    await (await hosting).stop();
  });

  test('that is refused leaves no connection behind, also when the client keeps its end open', async () => {
    const { port, stop } = await host([service()]);
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const ended = new Promise((resolve) => client.once('end', resolve).resume());
    client.write(upgrade('/sample'));
    await ended;
    await stop(); // would wait for ever
    client.destroy();
  });

  test('that the client resets doesn’t end the process', async () => {
    const sockets: { destroyed: boolean }[] = [];
    const { port, stop } = await host([
      service({ upgrade: (_request, socket) => void sockets.push(socket) }),
    ]);
    const client = rawConnection(port);
    client.write(upgrade('/sample'));
    await waitUntil(() => sockets.length === 1);
    client.socket.resetAndDestroy();
    await waitUntil(() => sockets[0]!.destroyed);
    await stop();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await waitUntil(() => server.listening);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
