import type { Service } from '@almanac/service-kit';
import { createManualClock } from '../src';
import { startService } from '../src/service';

const echo: Service = {
  name: 'echo',
  paths: ['/echo'],
  readiness: {},
  handle: (request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { method, url, headers } = request;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ method, url, authorization: headers.authorization, body }));
    })();
  },
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

test('a service answers on a port of its own until it is stopped', async () => {
  const service = await startService(echo);
  const request = service.as('a-token');
  expect(await request('POST', '/echo/1?x=y', { body: { a: 1 } })).toMatchObject({
    status: 200,
    body: { method: 'POST', url: '/echo/1?x=y', authorization: 'Bearer a-token', body: '{"a":1}' },
  });
  expect(await service.as()('PUT', '/echo', { body: '{broken' })).toMatchObject({
    body: { body: '{broken' },
  });
  await service.stop();
  await expect(request('GET', '/echo')).rejects.toThrow('fetch failed');
});

test('a manual clock stands still until it is moved', () => {
  const clock = createManualClock('2026-11-21T09:30:00.000Z');
  clock.advance(90_000);
  expect(clock.now()).toBe('2026-11-21T09:31:30.000Z');
  clock.set('2027-01-01T00:00:00.000Z');
  expect([clock.now(), clock.now()]).toEqual(Array(2).fill('2027-01-01T00:00:00.000Z'));
});
