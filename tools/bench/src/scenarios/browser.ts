/// <reference lib="dom" />
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoAccount } from '@almanac/web';
import { launchChromium, percentile } from '@almanac/testkit';
import { ms, type Figure } from '../measure';

/** What the page notes for us: when it first showed each title. */
declare global {
  var shownAt: Record<string, number>;
}

/**
 * From sending a request to seeing its task in a browser that somebody else has open: the whole product
 * as `npm start` runs it, in one process, and a real Chromium on the same machine and clock.
 */
export async function browser(count: number): Promise<Figure[]> {
  const data = await mkdtemp(join(tmpdir(), 'almanac-bench-browser-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const main = join(__dirname, '../../../host/src/main.ts');
  const product = spawn(
    process.execPath,
    ['-r', require.resolve('ts-node/register'), main, '--data', data, '--port', String(port)],
    { stdio: 'ignore' },
  );
  const chromium = await launchChromium();
  try {
    const token = await firstSignIn(url);
    const page = await chromium.newPage();
    await page.goto(url);
    await page.fill('input[type=email]', demoAccount.email);
    await page.fill('input[type=password]', demoAccount.password);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Activity' }).waitFor();
    await page.evaluate(() => {
      globalThis.shownAt = {};
      new MutationObserver(() => {
        for (const [title] of document.body.textContent.matchAll(/measured \d+/g))
          shownAt[title] ??= Date.now();
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const sentAt: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const title = `measured ${i}`;
      sentAt[title] = Date.now();
      await create(url, token, title);
      await page.waitForFunction((wanted) => shownAt[wanted] !== undefined, title, { timeout: 10_000 });
    }
    const shownAt = await page.evaluate(() => globalThis.shownAt);
    const sample = Object.entries(sentAt).map(([title, sent]) => shownAt[title]! - sent);
    const p99 = percentile(sample, 0.99);
    return [
      {
        what: `request → seen in another browser (${sample.length} measured)`,
        value: `p50 ${ms(percentile(sample, 0.5))}, p99 ${ms(p99)}`,
        aim: 'p99 ≤ 300 ms',
        met: p99 <= 300,
      },
    ];
  } finally {
    await chromium.close();
    product.kill('SIGTERM');
    await once(product, 'exit');
    await rm(data, { recursive: true, force: true });
  }
}

const post = async (url: string, body: unknown, token?: string): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
};

const signIn = async (url: string): Promise<string> => {
  const { email, password } = demoAccount;
  const answer = await post(`${url}/api/v1/auth/token`, { email, password });
  return (answer as { accessToken: string }).accessToken;
};

/** The demo account comes last of what a start does. */
async function firstSignIn(url: string): Promise<string> {
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    try {
      return await signIn(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

const create = (url: string, token: string, title: string): Promise<unknown> =>
  post(
    `${url}/api/v1/tasks`,
    { title, priority: 'high', due: { local: '2000-01-01T09:00', zone: 'UTC' } },
    token,
  );

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
