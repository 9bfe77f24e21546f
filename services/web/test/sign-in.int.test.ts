import { AccessToken, Problem, SignedIn } from '@almanac/contracts';
import { withClient } from '@almanac/testkit';
import { createPasswords } from '../src/credentials/passwords';
import { ada, signIn, signUp, startWeb, type RunningWeb } from './running-web';

let web: RunningWeb;
beforeAll(async () => {
  web = await startWeb({ limits: { perEmailAndAddress: 3, perAddress: 8, signUpsPerAddress: 20 } });
});
afterAll(() => web.stop());
afterEach(() => web.clock.advance(15 * 60_000)); // a new window for the counts

const somebody = (name: string) => ({ ...ada, email: `${name}@example.org` });
const wrong = (email: string) => signIn(web.browser(), { email, password: 'not the password' });

test('who signs up is signed in, with a token for their account', async () => {
  const browser = web.browser();
  const { status, body } = await signUp(browser);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    tokenType: 'Bearer',
    expiresIn: 600,
    account: { email: ada.email, name: 'Ada', zone: 'Europe/London', role: 'user' },
  });
  expect(body).not.toHaveProperty('account.passwordHash');
  const { accessToken, account } = SignedIn.parse(body);
  const own = await web.as(accessToken)('GET', '/api/v1/account');
  expect(own).toMatchObject({ status: 200, body: account });
});

test('an e-mail has one account, however it is written', async () => {
  await signUp(web.browser(), somebody('twice'));
  const again = await signUp(web.browser(), { ...somebody('x'), email: 'Twice@Example.org' });
  expect(again).toMatchObject({ status: 409, body: { code: 'email_taken' } });
});

test('two who sign up with one e-mail at once get one account', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => signUp(web.browser(), somebody('race'))));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
});

test('all that is wrong with an account is said at once', async () => {
  const account = { email: 'nobody', password: 'short', name: ' ', zone: '+02:00', admin: true };
  const { status, body } = await web.browser().call('POST', '/api/v1/auth/sign-up', { body: account });
  expect(status).toBe(422);
  expect(
    Problem.parse(body)
      .issues!.map(({ path }) => path)
      .sort(),
  ).toEqual(['admin', 'email', 'name', 'password', 'zone']);
});

test('nobody signs up where that is closed', async () => {
  const closed = await startWeb({ signUp: false });
  try {
    expect(await signUp(closed.browser())).toMatchObject({ status: 403, body: { code: 'sign_up_closed' } });
    expect(await closed.as()('GET', '/api/v1/auth/options')).toMatchObject({
      body: { signUp: false, oidc: null },
    });
  } finally {
    await closed.stop();
  }
});

test('a wrong password and an unknown e-mail get the same answer', async () => {
  await signUp(web.browser(), somebody('known'));
  const [known, unknown] = (
    await Promise.all([wrong('known@example.org'), wrong('unknown@example.org')])
  ).map(({ status, body }) => ({ status, body: { ...Problem.parse(body), instance: '' } }));
  expect(known).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
  expect(unknown).toEqual(known);
});

test('a token for scripts comes without a cookie, also without a browser', async () => {
  await signUp(web.browser(), somebody('script'));
  const { password } = ada;
  const { status, body, headers } = await web.as()('POST', '/api/v1/auth/token', {
    body: { email: 'script@example.org', password },
  });
  expect(status).toBe(200);
  expect(headers.getSetCookie()).toEqual([]);
  expect((await web.as(AccessToken.parse(body).accessToken)('GET', '/api/v1/account')).status).toBe(200);
});

test('a password that was hashed with less is hashed anew when it is next used', async () => {
  const browser = web.browser();
  const { body } = await signUp(browser, somebody('veteran'));
  const { id } = SignedIn.parse(body).account;
  const weak = await createPasswords({ cost: { ln: 4, r: 8, p: 1 } }).hash(ada.password);
  const hash = await withClient(web.database.admin, async (admin) => {
    await admin.query('update web.account set password_hash = $2 where id = $1', [id, weak]);
    expect((await wrong('veteran@example.org')).status).toBe(401);
    expect((await signIn(browser, somebody('veteran'))).status).toBe(200);
    const { rows } = await admin.query<{ hash: string }>(
      'select password_hash as hash from web.account where id = $1',
      [id],
    );
    return rows[0]!.hash;
  });
  expect(hash).toMatch(/^\$scrypt\$ln=8,r=8,p=1\$/);
  expect((await signIn(browser, somebody('veteran'))).status).toBe(200);
});

describe('guessing', () => {
  test('after a few wrong passwords even the right one has to wait', async () => {
    await signUp(web.browser(), somebody('target'));
    for (let guess = 0; guess < 3; guess += 1) expect((await wrong('target@example.org')).status).toBe(401);
    const refused = await signIn(web.browser(), somebody('target'));
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBe(900);
    expect((await wrong('another@example.org')).status).toBe(401);

    web.clock.advance(15 * 60_000);
    expect((await signIn(web.browser(), somebody('target'))).status).toBe(200);
  });

  test('many at once are not more than a few', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => wrong('flood@example.org')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  test('replicas count together', async () => {
    const replica = await web.another();
    const body = { email: 'spread@example.org', password: 'not the password' };
    const statuses: number[] = [];
    for (const client of [web.as(), replica.as(), web.as(), replica.as()])
      statuses.push((await client('POST', '/api/v1/auth/token', { body })).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  test('an address that tries many e-mails has to wait as well', async () => {
    for (let guess = 0; guess < 8; guess += 1)
      expect((await wrong(`victim-${guess}@example.org`)).status).toBe(401);
    expect((await wrong('victim-8@example.org')).status).toBe(429);
  });

  test('right passwords are no guesses', async () => {
    await signUp(web.browser(), somebody('busy'));
    for (let time = 0; time < 10; time += 1)
      expect((await signIn(web.browser(), somebody('busy'))).status).toBe(200);
  });

  test('accounts can’t be made by the thousand', async () => {
    const accounts = Array.from({ length: 21 }, (_, n) => somebody(`crowd-${n}`));
    const answers = await Promise.all(accounts.map((account) => signUp(web.browser(), account)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  test('what was counted is forgotten in the night', async () => {
    await wrong('forgotten@example.org');
    web.clock.advance(15 * 60_000 + 1);
    await web.scheduler.run('web-purge');
    const { rows } = await withClient(web.database.admin, (admin) => admin.query('select from web.attempt'));
    expect(rows).toHaveLength(0);
  });
});
