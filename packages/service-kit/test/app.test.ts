import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineApi } from '@almanac/contracts';
import { AppError, newId, userScopes, type Actor } from '@almanac/kernel';
import { currentTrace } from '@almanac/messaging';
import { waitUntil } from '@almanac/testkit';
import { z } from 'zod';
import { bind, createApp, createMetrics, type AppOptions } from '../src';
import { recordLog } from './sample';

const thing = z.object({ id: z.string(), version: z.int() });
const api = defineApi('Things', '/things', {
  listThings: {
    method: 'GET',
    path: '/',
    summary: 'List',
    scope: 'tasks:read',
    query: z.strictObject({ tag: z.array(z.string()).or(z.string()).optional() }),
    output: z.looseObject({}),
  },
  namedThing: {
    method: 'GET',
    path: '/named',
    summary: 'By name',
    scope: 'tasks:read',
    output: z.looseObject({}),
  },
  getThing: {
    method: 'GET',
    path: '/:id',
    summary: 'Read',
    scope: 'tasks:read',
    params: z.strictObject({ id: z.string() }),
    output: thing,
  },
  breakThing: { method: 'POST', path: '/break', summary: 'Break', scope: 'tasks:write' },
  busyThing: { method: 'POST', path: '/busy', summary: 'Be busy', scope: 'tasks:write' },
  goElsewhere: { method: 'GET', path: '/public/elsewhere', summary: 'Go', scope: 'public', redirects: true },
  exchangeThing: {
    method: 'POST',
    path: '/public/exchange',
    summary: 'See HTTP',
    scope: 'public',
    output: z.looseObject({}),
  },
});

const ada: Actor = { id: newId(), role: 'user', scopes: userScopes };
let server: Server;

function serve(options: Partial<AppOptions> = {}) {
  const { lines, logger } = recordLog();
  const metrics = createMetrics();
  const app = createApp({
    name: 'sample',
    logger,
    metrics,
    verifyToken: (token) =>
      token === 'ada'
        ? Promise.resolve({ actor: ada, expiresAt: Infinity })
        : Promise.reject(new AppError('invalid_token', 'It is not ada.')),
    operations: bind(
      api,
      {
        listThings: (_deps, _actor, query) => Promise.resolve({ query }),
        namedThing: (_deps, actor) => Promise.resolve({ actor: actor.id, trace: currentTrace()?.traceId }),
        getThing: (_deps, _actor, { id }) => Promise.resolve({ id, version: 7 }),
        breakThing: () => Promise.reject(Object.assign(new Error('secret words'), { code: 'XX000' })),
        busyThing: () => Promise.reject(new AppError('unavailable', 'Busy.', { retryAfter: 1.2 })),
        goElsewhere: () => Promise.resolve('https://elsewhere.test/?a=b'),
        exchangeThing: (_deps, actor, _input, exchange) => {
          exchange.setHeader('Set-Cookie', 'a=1');
          exchange.setHeader('Set-Cookie', 'b=2');
          exchange.setHeader('Cache-Control', 'private');
          const { ip, host, origin } = exchange;
          return Promise.resolve({ actor, ip, host, origin, cookie: exchange.cookie('session') });
        },
      },
      {},
    ),
    ...options,
  });
  server = createServer(app).listen(0, '127.0.0.1');
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string> = { authorization: 'Bearer ada' },
  ) => {
    await waitUntil(() => server.listening);
    const { port } = server.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}${path}`, { method, headers, redirect: 'manual' });
  };
  return { call, lines, metrics };
}
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('of two rows that match a path, the first answers', async () => {
  const { call } = serve();
  expect(await (await call('GET', '/things/named')).json()).toMatchObject({ actor: ada.id });
  expect(await (await call('GET', '/things/other')).json()).toEqual({ id: 'other', version: 7 });
});

test('a parameter that comes again is a list', async () => {
  const { call } = serve();
  expect(await (await call('GET', '/things?tag=a&tag=b%20c+d')).json()).toEqual({
    query: { tag: ['a', 'b c d'] },
  });
  expect(await (await call('GET', '/things?tag=a')).json()).toEqual({ query: { tag: 'a' } });
});

test('a version is an ETag, which a client can ask about', async () => {
  const { call } = serve();
  expect((await call('GET', '/things/x')).headers.get('etag')).toBe('"7"');
  for (const [tags, status] of [
    ['"7"', 304],
    ['W/"7"', 304],
    ['"1", "7"', 304],
    ['*', 304],
    ['"8"', 200],
    ['7', 200],
  ] as const)
    expect(
      (await call('GET', '/things/x', { authorization: 'Bearer ada', 'if-none-match': tags })).status,
    ).toBe(status);
});

test('what went wrong on our side is logged in full and told without its words', async () => {
  const { call, lines } = serve();
  const answer = await call('POST', '/things/break');
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(text).not.toContain('secret');
  const problem = JSON.parse(text) as { code: string; instance: string };
  expect(problem.code).toBe('internal');
  expect(lines[0]).toMatchObject({
    level: 'error',
    message: 'request failed',
    trace_id: problem.instance,
    error: { message: 'secret words', code: 'XX000' },
  });
});

test('who is to come again is told when, in whole seconds', async () => {
  const { call } = serve();
  const answer = await call('POST', '/things/busy');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('2');
});

test('each request is a log line with its route’s pattern, user, status and trace, and no token', async () => {
  const { call, lines } = serve();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await call('GET', `/things/${newId()}?`, {
    authorization: 'Bearer ada',
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  expect(answer.headers.get('x-request-id')).toBe(traceId);
  expect(lines).toEqual([
    {
      timestamp: expect.any(String) as string,
      level: 'info',
      service: 'sample',
      message: 'request',
      method: 'GET',
      route: '/things/:id',
      status: 200,
      duration_ms: expect.any(Number) as number,
      user_id: ada.id,
      trace_id: traceId,
      span_id: expect.any(String) as string,
    },
  ]);
  await call('GET', '/things', { authorization: 'Bearer very-secret' });
  await call('GET', '/things?tag=very-secret', {});
  expect(JSON.stringify(lines)).not.toContain('very-secret');
});

test('a trace that isn’t one is replaced', async () => {
  const { call } = serve();
  for (const traceparent of [
    'x',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '',
    'ff-a-b-c',
  ]) {
    const answer = await call('GET', '/things/named', { authorization: 'Bearer ada', traceparent });
    const { trace } = (await answer.json()) as { trace: string };
    expect(trace).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(answer.headers.get('x-request-id')).toBe(trace);
  }
});

test('metrics are by the route’s pattern, however many ids, and have none for paths nobody has', async () => {
  const { call, metrics } = serve();
  for (let n = 0; n < 5; n++) await call('GET', `/things/${n}`);
  await call('GET', '/nowhere/a');
  await call('DELETE', '/things/x');
  await call('POST', '/things/break');
  const text = await metrics.registry.metrics();
  const counts = [...text.matchAll(/^almanac_http_request_duration_seconds_count\{(.*)\} (\d+)$/gm)];
  expect(counts.map(([, labels, count]) => [labels, Number(count)])).toEqual([
    ['service="sample",method="GET",route="/things/:id",status="200"', 5],
    ['service="sample",method="GET",route="none",status="404"', 1],
    ['service="sample",method="DELETE",route="none",status="405"', 1],
    ['service="sample",method="POST",route="/things/break",status="500"', 1],
  ]);
});

test('a path that knows other methods names them', async () => {
  const { call } = serve();
  const answer = await call('PATCH', '/things/break');
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, POST');
});

test('who asks too often is told to wait, and others are not', async () => {
  const { call } = serve({ requestsPerMinute: 3 });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push((await call('GET', '/things')).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const limited = await call('GET', '/things');
  expect(limited.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await limited.json()).toMatchObject({ code: 'too_many_requests' });
  const wait = Number(limited.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  expect((await call('GET', '/things', {})).status).toBe(401);
});

test('guesses at tokens are counted by address', async () => {
  const { call } = serve({ requestsPerMinute: 3 });
  const guess = async (n: number) =>
    (await call('GET', '/things', { authorization: `Bearer guess-${n}` })).status;
  expect([await guess(1), await guess(2), await guess(3), await guess(4)]).toEqual([401, 401, 401, 429]);
  expect((await call('GET', '/things')).status).toBe(200);
});

describe('a public operation is limited by address', () => {
  const answers = async (trustedProxies: number, ...forwardedFor: string[]) => {
    const { call } = serve({ requestsPerMinute: 1, trustedProxies });
    const statuses: number[] = [];
    for (const value of forwardedFor)
      statuses.push((await call('GET', '/things/public/elsewhere', { 'x-forwarded-for': value })).status);
    return statuses;
  };

  test('that of the connection, whatever the client says', async () => {
    expect(await answers(0, '10.0.0.1', '10.0.0.2')).toEqual([303, 429]);
  });

  test('behind a proxy that of the client, so that its users are not counted as one', async () => {
    expect(await answers(1, '10.0.0.1', '10.0.0.2', '10.0.0.1')).toEqual([303, 303, 429]);
  });

  test('behind a proxy not the one that the client makes up', async () => {
    expect(await answers(1, '1.1.1.1, 10.0.0.1', '2.2.2.2, 10.0.0.1')).toEqual([303, 429]);
    expect(await answers(2, '1.1.1.1, 10.0.0.1, 10.9.9.9', '2.2.2.2, 10.0.0.1, 10.8.8.8')).toEqual([
      303, 429,
    ]);
  });
});

test('a redirect says where to go on, and nothing else', async () => {
  const { call } = serve();
  const answer = await call('GET', '/things/public/elsewhere', {});
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('https://elsewhere.test/?a=b');
});

test('an operation about HTTP itself sees the address, origin and cookies, and sets headers', async () => {
  const { call } = serve();
  const answer = await call('POST', '/things/public/exchange', {
    origin: 'https://a.test',
    cookie: 'session=s',
  });
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(answer.headers.get('cache-control')).toBe('private');
  expect(await answer.json()).toEqual({
    actor: null,
    ip: '127.0.0.1',
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    origin: 'https://a.test',
    cookie: 's',
  });
});

test('what no operation answers, a page may', async () => {
  const { call } = serve({
    otherwise: async (ctx, next) => {
      if (ctx.path === '/page') ctx.body = 'the page';
      else await next();
    },
  });
  expect(await (await call('GET', '/page')).text()).toBe('the page');
  expect((await call('GET', '/nothing')).status).toBe(404);
});
