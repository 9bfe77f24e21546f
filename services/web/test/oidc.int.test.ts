import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sessionCookie, SignedIn } from '@almanac/contracts';
import { createIdentityProvider } from '../src/oidc/identity-provider';
import type { Browser } from './browser';
import { ada, home, refresh, signIn, signUp, startWeb, type RunningWeb } from './running-web';

const callback = '/api/v1/auth/oidc/callback';
const client = { clientId: 'almanac', clientSecret: 'a secret of the test' };

let provider: ChildProcess;
let issuer: string;
let web: RunningWeb;
beforeAll(async () => {
  const script = join(__dirname, 'oidc-issuer.mjs');
  provider = spawn(process.execPath, [script, client.clientId, client.clientSecret, `${home}${callback}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(provider.stdout!.setEncoding('utf8'), 'data')) as [string];
  issuer = line.trim();
  web = await startWeb({ oidc: { name: 'Example', issuer, ...client } });
});
afterAll(async () => {
  await web.stop();
  provider.kill();
  await once(provider, 'exit');
});

/** Fills in the issuer's forms. @returns where the browser is in the end */
async function signInElsewhere(browser: Browser, name: string, to = ''): Promise<URL> {
  let page = await browser.open(`/api/v1/auth/oidc/start${to}`);
  while (page.url.origin === issuer) {
    const action = /action="([^"]+)"/.exec(page.html)![1]!;
    const prompt = /name="prompt" value="(\w+)"/.exec(page.html)![1]!;
    page = await browser.open(action, { prompt, login: name, password: 'any' });
  }
  return page.url;
}

test('the page is told where else one can sign in', async () => {
  const { body } = await web.as()('GET', '/api/v1/auth/options');
  expect(body).toEqual({ signUp: true, oidc: { name: 'Example', url: '/api/v1/auth/oidc/start' } });
});

test('who signs in at the issuer has an account and a session here, and comes back to their view', async () => {
  const browser = web.browser();
  const { pathname } = await signInElsewhere(browser, 'grace', '?to=/activity');
  expect(pathname).toBe('/activity');
  const { status, body } = await refresh(browser);
  expect(status).toBe(200);
  const { account } = SignedIn.parse(body);
  expect(account).toMatchObject({
    email: 'grace@example.org',
    name: 'The grace',
    zone: 'Europe/Berlin',
    role: 'user',
  });

  const elsewhere = web.browser();
  await signInElsewhere(elsewhere, 'grace');
  expect(await refresh(elsewhere)).toMatchObject({ body: { account: { id: account.id } } });
  expect(await signIn(web.browser(), { email: 'grace@example.org', password: '' })).toMatchObject({
    status: 401,
  });
});

test('the verified owner of an e-mail takes over the account that somebody made with it', async () => {
  const squatter = web.browser();
  const { account } = SignedIn.parse((await signUp(squatter, { ...ada, email: 'linus@example.org' })).body);
  const owner = web.browser();
  await signInElsewhere(owner, 'linus');
  expect(await refresh(owner)).toMatchObject({ body: { account: { id: account.id } } });
  expect((await refresh(squatter)).status).toBe(401);
  expect((await signIn(squatter, { ...ada, email: 'linus@example.org' })).status).toBe(401);
});

test('an e-mail that the issuer didn’t verify opens no account', async () => {
  await signUp(web.browser(), { ...ada, email: 'unverified-ada@example.org' });
  const browser = web.browser();
  const url = await signInElsewhere(browser, 'unverified-ada');
  expect(url.pathname + url.search).toBe('/?problem=wrong_credentials');
  expect(browser.cookie(sessionCookie)).toBeUndefined();
});

test('an answer counts only in the browser that asked', async () => {
  const attacker = web.browser();
  const { url: form, html } = await attacker.open('/api/v1/auth/oidc/start');
  expect(form.origin).toBe(issuer);
  expect(html).toContain('name="login"');
  const victim = web.browser();
  const { url } = await victim.open(`${callback}?code=stolen&state=${'x'.repeat(43)}`);
  expect(url.search).toBe('?problem=wrong_credentials');
  await victim.open('/api/v1/auth/oidc/start');
  expect((await victim.open(`${callback}?code=stolen&state=${'x'.repeat(43)}`)).url.search).toBe(
    '?problem=wrong_credentials',
  );
  expect(victim.cookie(sessionCookie)).toBeUndefined();
});

test('who says no at the issuer is told so', async () => {
  const browser = web.browser();
  const { html } = await browser.open('/api/v1/auth/oidc/start');
  const abort = /href="([^"]+\/abort)"/.exec(html)![1]!;
  expect((await browser.open(abort)).url.search).toBe('?problem=wrong_credentials');
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/%09/evil.example'])(
  'nobody is sent on to another site: %s',
  async (to) => {
    const path = `/api/v1/auth/oidc/start?to=${to === '/%09/evil.example' ? to : encodeURIComponent(to)}`;
    expect((await web.as()('GET', path)).status).toBe(422);
  },
);

test('an issuer that is away keeps nobody out who has a password', async () => {
  const lonely = await startWeb({ oidc: { name: 'Away', issuer: 'http://127.0.0.1:9', ...client } });
  try {
    const away = await lonely.as()('GET', '/api/v1/auth/oidc/start');
    expect(away).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await signUp(lonely.browser())).status).toBe(201);
  } finally {
    await lonely.stop();
  }
});

test('an issuer has to be https', () => {
  const make = (url: string) =>
    createIdentityProvider({ name: 'x', issuer: url, clientId: 'x' }, new URL(home));
  expect(() => make('http://login.example')).toThrow('must be https');
  expect(() => make('https://login.example')).not.toThrow();
});

test('without an issuer there is nothing at its paths', async () => {
  const plain = await startWeb();
  try {
    for (const path of ['/api/v1/auth/oidc/start', callback])
      expect((await plain.as()('GET', path)).status).toBe(404);
  } finally {
    await plain.stop();
  }
});
