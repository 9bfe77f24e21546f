import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, createMetrics } from '@almanac/service-kit';
import { silentLogger } from '@almanac/testkit/service';
import { servePage } from '../src/http/page';

const script = `console.log(${JSON.stringify('almanac '.repeat(200))})`;
const index =
  '<!doctype html><title>Almanac</title><script type="module" src="/assets/index-a1b2.js"></script>';

let directory: string;
let server: Server;
let url: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'almanac-page-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), index);
  await writeFile(join(directory, 'assets', 'index-a1b2.js'), script);
  await writeFile(join(directory, 'assets', 'dot-c3d4.png'), Buffer.alloc(100, 1));
  const listener = createApp({
    name: 'web',
    logger: silentLogger,
    metrics: createMetrics(),
    verifyToken: () => Promise.reject(new Error('not asked')),
    operations: [],
    otherwise: await servePage(directory, new URL('https://almanac.test')),
  });
  server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(new URL(path, url), { method, headers });

test.each(['/', '/activity', '/tasks/0190b0a0-0000-7000-8000-000000000000', '/index.html'])(
  'every view begins with the index, which is never kept: %s',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(index);
  },
);

test.each([
  '/api',
  '/api/v1/nothing',
  '/.well-known/nothing',
  '/favicon.ico',
  '/assets/index-old.js',
  '/.env',
])('what is no view is not found: %s', async (path) => {
  const response = await get(path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});

test.each([
  '/%2e%2e/%2e%2e/etc/passwd',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..%2findex.html',
  '/%00',
  '/%E0%A4%A',
])('nothing outside of the page is read: %s', async (path) => {
  const response = await get(path);
  const text = await response.text();
  expect([200, 400, 404]).toContain(response.status);
  if (response.status === 200) expect(text).toBe(index);
});

test('a file whose name says what is in it is kept for good', async () => {
  const { headers } = await get('/assets/index-a1b2.js');
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
});

test.each([
  ['br, gzip', 'br'],
  ['gzip', 'gzip'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['identity', null],
  ['br;q=0', null],
])('a script is compressed as the browser likes: %s', async (accepted, encoding) => {
  const response = await get('/assets/index-a1b2.js', { 'accept-encoding': accepted });
  expect(response.headers.get('content-encoding')).toBe(encoding);
  expect(response.headers.get('vary')).toContain('Accept-Encoding');
  if (encoding !== null)
    expect(Number(response.headers.get('content-length'))).toBeLessThan(script.length / 5);
  expect(await response.text()).toBe(script);
});

test('a picture is not compressed again', async () => {
  const response = await get('/assets/dot-c3d4.png', { 'accept-encoding': 'br' });
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(response.headers.get('content-type')).toBe('image/png');
});

test('who has it already gets nothing', async () => {
  const etag = (await get('/assets/index-a1b2.js')).headers.get('etag')!;
  // As on a reload; left to itself, fetch would ask for no cached answer at all.
  const conditions = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
  const again = await get('/assets/index-a1b2.js', conditions);
  expect(again.status).toBe(304);
  expect(await again.text()).toBe('');
});

test('HEAD says what GET would, without it', async () => {
  const identity = { 'accept-encoding': 'identity' };
  const response = await get('/', identity, 'HEAD');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe(String(index.length));
  expect(await response.text()).toBe('');
  expect((await get('/', {}, 'POST')).status).toBe(404);
});

test('the page may reach its own origin only, run no inline script, and be framed by nobody', async () => {
  const { headers } = await get('/');
  const policy = headers.get('content-security-policy')!;
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  for (const part of [`default-src 'none'`, `script-src 'self'`, `frame-ancestors 'none'`, `base-uri 'none'`])
    expect(policy).toContain(part);
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('permissions-policy')).toContain('geolocation=()');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
});

test('a page that wasn’t built says how to build it', async () => {
  await expect(servePage(join(directory, 'nowhere'), new URL('http://localhost'))).rejects.toThrow(
    'npm run build --workspace @almanac/web',
  );
});
