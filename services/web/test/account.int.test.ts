import { SignedIn, type Account } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { withClient } from '@almanac/testkit';
import { createTestTokens } from '@almanac/testkit/service';
import { ensureDemoAccount, webSchema } from '../src';
import { ada, signIn, signUp, startWeb, type RunningWeb } from './running-web';

let web: RunningWeb;
let account: Account;
let token: string;
beforeAll(async () => {
  web = await startWeb();
  const { body } = await signUp(web.browser());
  ({ account, accessToken: token } = SignedIn.parse(body));
  await signUp(web.browser(), { ...ada, email: 'bob@example.org', name: 'Bob' });
});
afterAll(() => web.stop());

test('one’s own name and zone can be changed, nothing else', async () => {
  const own = web.as(token);
  const changed = await own('PATCH', '/api/v1/account', { body: { zone: 'Asia/Tokyo' } });
  expect(changed).toMatchObject({ status: 200, body: { ...account, zone: 'Asia/Tokyo' } });
  expect(await own('GET', '/api/v1/account')).toMatchObject({ body: { zone: 'Asia/Tokyo', name: 'Ada' } });
  for (const body of [{}, { role: 'operator' }, { zone: 'Mars/Olympus' }, { name: 'a\u0000b' }])
    expect((await own('PATCH', '/api/v1/account', { body })).status).toBe(422);
});

test('without a token of ours there is no account', async () => {
  expect((await web.as()('GET', '/api/v1/account')).status).toBe(401);
  const { tokenFor } = await createTestTokens();
  expect((await web.as(await tokenFor({ id: account.id }))('GET', '/api/v1/account')).status).toBe(401);
});

test('a token of an account that is gone finds nothing', async () => {
  const gone = SignedIn.parse((await signUp(web.browser(), { ...ada, email: 'gone@example.org' })).body);
  await withClient(web.database.admin, (admin) =>
    admin.query('delete from web.account where id = $1', [gone.account.id]),
  );
  for (const [method, options] of [['GET'], ['PATCH', { body: { name: 'x' } }]] as const)
    expect((await web.as(gone.accessToken)(method, '/api/v1/account', options)).status).toBe(404);
});

describe('the database itself', () => {
  const asService = (capacity: string, userId: string, sql: string) =>
    withClient(web.database.configFor(webSchema), async (client) => {
      await client.query('begin');
      await client.query(`select set_config('app.capacity', $1, true), set_config('app.user_id', $2, true)`, [
        capacity,
        userId,
      ]);
      return client.query(sql);
    });

  test('shows a user one account and no session', async () => {
    const { rows } = await asService('user', account.id, 'select email from web.account');
    expect(rows).toEqual([{ email: ada.email }]);
    for (const table of ['session', 'identity', 'attempt'])
      expect((await asService('user', account.id, `select from web.${table}`)).rowCount).toBe(0);
    expect((await asService('user', newId(), 'select from web.account')).rowCount).toBe(0);
    expect((await asService('', '', 'select from web.account')).rowCount).toBe(0);
  });

  test('lets nobody become an operator', async () => {
    for (const capacity of ['user', 'sign-in'])
      await expect(
        asService(capacity, account.id, `update web.account set role = 'operator'`),
      ).rejects.toThrow('permission denied');
  });
});

test('a host’s demo account is there once, and can sign in', async () => {
  const demo = { email: 'Demo@almanac.local', name: 'Demo', password: 'demo demo demo' };
  const database = web.database.configFor(webSchema);
  expect(await ensureDemoAccount(database, demo)).toBe('created');
  expect(await ensureDemoAccount(database, { ...demo, password: 'another one' })).toBe('there already');
  expect((await signIn(web.browser(), { ...demo, email: 'demo@almanac.local' })).status).toBe(200);
});
