import { sessionCookie, SignedIn } from '@almanac/contracts';
import { withClient } from '@almanac/testkit';
import { grace, sessionLifetime } from '../src/credentials/session';
import { ada, home, refresh, signIn, signUp, startWeb, type RunningWeb } from './running-web';

const path = '/api/v1/auth';
const day = 24 * 60 * 60_000;

let web: RunningWeb;
beforeAll(async () => {
  web = await startWeb();
  await signUp(web.browser());
});
afterAll(() => web.stop());

async function signedIn() {
  const browser = web.browser();
  expect((await signIn(browser)).status).toBe(200);
  return browser;
}

test('the session is a cookie that only sign-in sees, and no script', async () => {
  const { headers } = await signIn(web.browser());
  const [cookie] = headers.getSetCookie();
  expect(cookie).toMatch(
    /^almanac_session=[\w.-]+; Path=\/api\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/,
  );
});

test('a session outlives the page: its cookie buys a new token, and changes', async () => {
  const browser = await signedIn();
  const before = browser.cookie(sessionCookie);
  const { status, body } = await refresh(browser);
  expect(status).toBe(200);
  const { account, accessToken } = SignedIn.parse(body);
  expect(account.email).toBe(ada.email);
  expect(browser.cookie(sessionCookie)).not.toBe(before);
  expect((await web.as(accessToken)('GET', '/api/v1/account')).status).toBe(200);
});

test('two tabs that wake up at once both stay signed in', async () => {
  const browser = await signedIn();
  const answers = await Promise.all([refresh(browser), refresh(browser), refresh(browser)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  web.clock.advance(grace + 1);
  expect((await refresh(browser)).status).toBe(200);
});

test('an answer that was lost is asked for again', async () => {
  const browser = await signedIn();
  const token = browser.cookie(sessionCookie)!;
  await refresh(browser);
  browser.setCookie(sessionCookie, token, path);
  web.clock.advance(grace);
  expect((await refresh(browser)).status).toBe(200);
});

test('an old token that is used later ends the session, for the thief and for the owner', async () => {
  const owner = await signedIn();
  const thief = web.browser();
  thief.setCookie(sessionCookie, owner.cookie(sessionCookie)!, path);
  await refresh(owner);
  web.clock.advance(grace + 1);
  const refused = await refresh(thief);
  expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  expect(thief.cookie(sessionCookie)).toBeUndefined();
  expect((await refresh(owner)).status).toBe(401);
});

test('a session that is used stays, one that isn’t used for 30 days has ended', async () => {
  const browser = await signedIn();
  for (let month = 0; month < 3; month += 1) {
    web.clock.advance(29 * day);
    expect((await refresh(browser)).status).toBe(200);
  }
  web.clock.advance(sessionLifetime);
  expect((await refresh(browser)).status).toBe(401);
});

test('signing out ends the session, not only the cookie', async () => {
  const browser = await signedIn();
  const copy = web.browser();
  copy.setCookie(sessionCookie, browser.cookie(sessionCookie)!, path);
  expect((await browser.call('POST', `${path}/sign-out`)).status).toBe(204);
  expect(browser.cookie(sessionCookie)).toBeUndefined();
  expect((await refresh(copy)).status).toBe(401);
  expect((await browser.call('POST', `${path}/sign-out`)).status).toBe(204);
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['nonsense', 'a.b.c'],
  ['an unknown one', `0190b0a0-0000-7000-8000-000000000000.${'A'.repeat(43)}`],
])('without a session there is no token: %s', async (_, cookie) => {
  const browser = web.browser();
  if (cookie !== undefined) browser.setCookie(sessionCookie, cookie, path);
  expect(await refresh(browser)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
});

test('nothing in the database signs anybody in', async () => {
  const browser = await signedIn();
  const [, secret] = browser.cookie(sessionCookie)!.split('.');
  const rows = await withClient(
    web.database.admin,
    async (admin) =>
      (
        await admin.query<{ row: string }>(
          `select encode(s::text::bytea, 'escape') as row from web.session s`,
        )
      ).rows,
  );
  const hex = Buffer.from(secret!, 'base64url').toString('hex');
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ row }) => row.includes(hex) || row.includes(secret!))).toEqual([]);
});

test('sessions that have ended are removed in the night', async () => {
  await signedIn();
  web.clock.advance(sessionLifetime + 1);
  await signedIn();
  await web.scheduler.run('web-purge');
  const { rows } = await withClient(web.database.admin, (admin) => admin.query('select from web.session'));
  expect(rows).toHaveLength(1);
});

describe('another site', () => {
  const foreign = { headers: { origin: 'https://evil.example' } };

  test.each(['sign-up', 'sign-in', 'refresh', 'sign-out'])('can’t have a browser do: %s', async (what) => {
    const browser = await signedIn();
    const body = what === 'sign-up' ? { ...ada, email: 'csrf@example.org' } : ada;
    const needsBody = what.startsWith('sign-up') || what === 'sign-in';
    const credentials = what === 'sign-in' ? { email: body.email, password: body.password } : body;
    const answer = await browser.call('POST', `${path}/${what}`, {
      ...foreign,
      ...(needsBody && { body: credentials }),
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'foreign_origin' } });
    expect((await refresh(browser)).status).toBe(200);
  });

  test.each([
    ['the public one', home],
    ['the one that was asked', 'https://127.0.0.1'],
  ])('is not our own page: %s', async (_, origin) => {
    const own = origin === home ? origin : web.url.replace('http:', 'https:');
    const answer = await web.as()('POST', `${path}/sign-in`, {
      body: { email: ada.email, password: ada.password },
      headers: { origin: own },
    });
    expect(answer.status).toBe(200);
  });

  test.each(['null', 'https://almanac.test.evil.example', 'https://sub.almanac.test', 'http://almanac.test'])(
    'is also %s',
    async (origin) => {
      const answer = await (await signedIn()).call('POST', `${path}/refresh`, { headers: { origin } });
      expect(answer.status).toBe(403);
    },
  );
});
