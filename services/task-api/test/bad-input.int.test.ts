import { newId } from '@almanac/kernel';
import type { TokenOverrides, Answer, Client } from '@almanac/testkit/service';
import { createTask, problemOf, sendRaw, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
const user = newId();
let api: TaskApiUnderTest;
let token: string;
let request: Client;
let id: string;
let before: unknown;
let counts: string | undefined;

beforeAll(async () => {
  api = await startTaskApi();
  token = await api.tokens.tokenFor({ id: user });
  request = api.withToken(token);
  ({ id } = await createTask(request, { tags: ['home'], due: { local: '2026-11-21T18:00', zone: 'UTC' } }));
  await createTask(request);
  await api.events();
  before = await contents();
});
afterAll(() => api.stop());

/** How many rows each table has, and what the tasks are. */
async function contents(): Promise<unknown> {
  counts ??= (
    await api.sql<{ count: string }>(
      `select format('select %L as name, count(*)::int as rows from %s', oid::regclass, oid::regclass) as count
       from pg_class where relkind = 'r' and relnamespace in ('task_api'::regnamespace, 'bus'::regnamespace) order by 1`,
    )
  )
    .map(({ count }) => count)
    .join(' union all ');
  return [
    await api.sql(counts),
    await api.sql('select id, version, title, deleted_at from task_api.task order by id'),
  ];
}

interface Refusal {
  readonly code: string;
  /** What the problem's issues point at. */
  readonly at?: readonly string[];
}

const invalid = (...at: string[]): Refusal => ({ code: 'invalid_input', at });
const malformed: Refusal = { code: 'malformed_request' };

async function expectRefused(answer: Answer, { code, at }: Refusal): Promise<void> {
  const problem = problemOf(answer);
  expect({ code: problem.code, at: problem.issues?.map(({ path }) => path) }).toEqual({ code, at });
  expect(problem.detail).not.toBe('');
  expect(await contents()).toEqual(before);
}

const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  request('POST', tasks, { body, headers });

describe('a body', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const quoted = (...values: number[]) =>
    Buffer.concat([Buffer.from('{"title":"'), bytes(...values), Buffer.from('"}')]);

  test.each<[string, string | Uint8Array, Refusal]>([
    ['that is empty', '', malformed],
    ['of spaces', '   ', malformed],
    ['cut short', '{"title": "x"', malformed],
    ['with a comma too many', '{"title":"x",}', malformed],
    ['in single quotes', "{'title':'x'}", malformed],
    ['of two objects', '{"title":"x"}{"title":"y"}', malformed],
    ['with NaN', '{"title":NaN}', malformed],
    ['that is a form', 'title=x', malformed],
    ['of XML', '<task/>', malformed],
    ['with a raw control character', '{"title":"a\u0001b"}', malformed],
    ['in UTF-16', Buffer.from('\ufeff{"title":"x"}', 'utf16le'), malformed],
    ['with a byte that is no UTF-8', quoted(0xff), malformed],
    ['with an overlong encoding of "/"', quoted(0xc0, 0xaf), malformed],
    ['with half a surrogate pair in UTF-8', quoted(0xed, 0xa0, 0x80), malformed],
    ['with a character cut in half', quoted(0xe2, 0x82), malformed],
    ['nested a hundred thousand times', '['.repeat(100_000), malformed],
    ['nested and closed', '['.repeat(50_000) + ']'.repeat(50_000), invalid('')],
    ['that is null', 'null', invalid('')],
    ['that is a list', '[{"title":"x"}]', invalid('')],
    ['that is a text', '"x"', invalid('')],
  ])('%s is refused', async (_what, body, refusal) => {
    await expectRefused(await post(body), refusal);
  });

  test('of 2 MB is refused, also when its length was announced honestly', async () => {
    const body = JSON.stringify({ title: 'x', description: 'y'.repeat(2 * 1024 * 1024) });
    for (let n = 0; n < 5; n++) await expectRefused(await post(body), { code: 'body_too_large' });
  });

  test('that never ends is cut off', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await fetch(`${api.url}${tasks}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect(await contents()).toEqual(before);
  });

  test.each<[string, Record<string, string>]>([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['nearly JSON', { 'content-type': 'application/jsonp' }],
    ['another JSON', { 'content-type': 'application/vnd.api+json' }],
    ['UTF-16', { 'content-type': 'application/json; charset=utf-16' }],
    ['Latin 1', { 'content-type': 'application/json; charset="iso-8859-1"' }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('that says it is %s is refused', async (_what, headers) => {
    await expectRefused(await post('{"title":"x"}', headers), { code: 'unsupported_media_type' });
  });

  test('may say that it is UTF-8, which it is anyway', async () => {
    const answer = await post('{"title":""}', { 'content-type': 'Application/JSON; charset=UTF-8' });
    await expectRefused(answer, invalid('title'));
  });
});

describe('a new task', () => {
  const due = (local: unknown, zone: unknown = 'UTC') => ({ title: 'x', due: { local, zone } });

  test.each<[string, unknown, Refusal]>([
    ['without a title', {}, invalid('title')],
    ['with an empty title', { title: '' }, invalid('title')],
    ['with a title of spaces', { title: ' \n\t ' }, invalid('title')],
    ['with a number as title', { title: 7 }, invalid('title')],
    ['with null as title', { title: null }, invalid('title')],
    ['with a list as title', { title: ['x'] }, invalid('title')],
    ['with an object as title', { title: { toString: 'x' } }, invalid('title')],
    ['with 501 characters as title', { title: 'x'.repeat(501) }, invalid('title')],
    ['with U+0000 in the title', { title: 'a\u0000b' }, invalid('title')],
    ['with half a surrogate pair in the title', { title: '\ud800' }, invalid('title')],
    [
      'with the other half in the description',
      { title: 'x', description: 'a\udc00b' },
      invalid('description'),
    ],
    ['with halves the wrong way round', { title: '\udc00\ud800' }, invalid('title')],
    ['with half a surrogate pair in a tag', { title: 'x', tags: ['\udfff'] }, invalid('tags.0')],
    ['with an escape sequence', { title: '\u001b[2J' }, invalid('title')],
    [
      'with 10,001 characters as description',
      { title: 'x', description: 'y'.repeat(10_001) },
      invalid('description'),
    ],
    ['with a priority that isn’t one', { title: 'x', priority: 'urgent' }, invalid('priority')],
    ['with a priority in capitals', { title: 'x', priority: 'HIGH' }, invalid('priority')],
    ['with a number as priority', { title: 'x', priority: 1 }, invalid('priority')],
    ['with a text as tags', { title: 'x', tags: 'home' }, invalid('tags')],
    ['with 21 tags', { title: 'x', tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, invalid('tags')],
    ['with a tag of two words', { title: 'x', tags: ['home', 'two words'] }, invalid('tags.1')],
    ['with an empty tag', { title: 'x', tags: [''] }, invalid('tags.0')],
    ['with a tag that is null', { title: 'x', tags: [null] }, invalid('tags.0')],
    ['with fields nobody knows', { title: 'x', done: true, colour: 'red' }, invalid('done', 'colour')],
    ['with an id of its own', { title: 'x', id: newId() }, invalid('id')],
    ['for another user', { title: 'x', userId: newId(), user_id: newId() }, invalid('userId', 'user_id')],
    ['with a version', { title: 'x', version: 99 }, invalid('version')],
    ['that is completed', { title: 'x', status: 'completed' }, invalid('status')],
    ['due at a text', { title: 'x', due: '2026-11-21T18:00' }, invalid('due')],
    ['due in no zone', { title: 'x', due: { local: '2026-11-21T18:00' } }, invalid('due.zone')],
    [
      'due with the instant given',
      { title: 'x', due: { local: '2026-11-21T18:00', zone: 'UTC', at: 'x' } },
      invalid('due.at'),
    ],
    ['due on 30 February', due('2026-02-30T10:00'), invalid('due.local')],
    ['due on 29 February of no leap year', due('2027-02-29T10:00'), invalid('due.local')],
    ['due on 31 April', due('2026-04-31T10:00'), invalid('due.local')],
    ['due in month 13', due('2026-13-01T10:00'), invalid('due.local')],
    ['due at 25:00', due('2026-11-21T25:00'), invalid('due.local')],
    ['due at 24:00', due('2026-11-21T24:00'), invalid('due.local')],
    ['due at 10:60', due('2026-11-21T10:60'), invalid('due.local')],
    ['due with seconds', due('2026-11-21T10:00:00'), invalid('due.local')],
    ['due with Z', due('2026-11-21T10:00Z'), invalid('due.local')],
    ['due with an offset', due('2026-11-21T10:00+01:00'), invalid('due.local')],
    ['due on a date', due('2026-11-21'), invalid('due.local')],
    ['due at a number', due(1_700_000_000), invalid('due.local')],
    ['due in the year 0000', due('0000-01-01T00:00'), invalid('due.local')],
    ['due in the year 9999', due('9999-12-31T23:59'), invalid('due.local')],
    ['due in the year +010000', due('+010000-01-01T00:00'), invalid('due.local', 'due.local')],
    ['due in the year -000001', due('-000001-01-01T00:00'), invalid('due.local', 'due.local')],
    ['due in a zone that isn’t one', due('2026-11-21T10:00', 'Mars/Olympus'), invalid('due.zone')],
    ['due in a zone of ICU’s only', due('2026-11-21T10:00', 'AST'), invalid('due.zone')],
    ['due in an offset', due('2026-11-21T10:00', '+01:00'), invalid('due.zone')],
    ['due in an empty zone', due('2026-11-21T10:00', ''), invalid('due.zone')],
    ['due in a zone of SQL', due('2026-11-21T10:00', `UTC'; drop table task_api.task`), invalid('due.zone')],
    ['wrong in three ways', { title: '', priority: 'x', tags: [7] }, invalid('title', 'priority', 'tags.0')],
  ])('%s is refused', async (_what, body, refusal) => {
    await expectRefused(await request('POST', tasks, { body }), refusal);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'with the key %s is refused, and pollutes nothing',
    async (key) => {
      await expectRefused(await post(`{"title":"x","${key}":{"polluted":true}}`), invalid(key));
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test('with thousands of unknown fields gets an answer of bearable length', async () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 0]));
    const answer = await request('POST', tasks, { body });
    const { code, issues, detail } = problemOf(answer);
    expect({ code, issues: issues?.length }).toEqual({ code: 'invalid_input', issues: 50 });
    expect(detail).toContain('and 19951 more'); // the title is missing as well
  });

  test.each([
    ['with a space', 'two words'],
    ['with 201 characters', 'x'.repeat(201)],
    ['with letters that aren’t ASCII', 'sch\u00f6n'],
    ['that comes twice', 'a, b'],
  ])('with an idempotency key %s is refused', async (_what, key) => {
    const answer = await request('POST', tasks, {
      body: { title: 'x' },
      headers: { 'idempotency-key': key },
    });
    await expectRefused(answer, malformed);
  });
});

describe('a change', () => {
  const patch = (body: unknown) =>
    request('PATCH', `${tasks}/${id}`, { body, headers: { 'if-match': '"1"' } });

  test.each<[string, unknown, Refusal]>([
    ['of nothing', {}, invalid('')],
    ['to an empty title', { title: '' }, invalid('title')],
    ['to no title', { title: null }, invalid('title')],
    ['to no priority', { priority: null }, invalid('priority')],
    ['to no tags', { tags: null }, invalid('tags')],
    ['of the status', { status: 'completed' }, invalid('status', '')],
    ['of the id', { title: 'x', id: newId() }, invalid('id')],
    ['of half a due time', { due: { zone: 'UTC' } }, invalid('due.local')],
    ['to half a surrogate pair', { description: '\ud83d' }, invalid('description')],
  ])('%s is refused', async (_what, body, refusal) => {
    await expectRefused(await patch(body), refusal);
  });

  test('as JSON Patch is refused', async () => {
    const answer = await request('PATCH', `${tasks}/${id}`, {
      body: [{ op: 'replace', path: '/title', value: 'x' }],
      headers: { 'if-match': '"1"', 'content-type': 'application/json-patch+json' },
    });
    await expectRefused(answer, { code: 'unsupported_media_type' });
  });
});

describe('a list', () => {
  const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const badCursor: Refusal = { code: 'invalid_cursor' };
  const now = '2026-11-21T09:30:00.000Z';

  test.each<[string, string, Refusal]>([
    ['of 0', 'limit=0', invalid('limit')],
    ['of -1', 'limit=-1', invalid('limit')],
    ['of a billion', 'limit=1e9', invalid('limit')],
    ['of NaN', 'limit=NaN', invalid('limit')],
    ['of Infinity', 'limit=Infinity', invalid('limit')],
    ['of one and a half', 'limit=1.5', invalid('limit')],
    ['of nothing', 'limit=', invalid('limit')],
    ['of two numbers', 'limit=1&limit=2', invalid('limit')],
    ['of SQL', 'limit=1;drop table task_api.task', invalid('limit')],
    ['in an order that isn’t one', 'order=sideways', invalid('order')],
    ['sorted by SQL', 'sort=title;select 1', invalid('sort')],
    ['sorted twice', 'sort=title&sort=due', invalid('sort')],
    ['of a status that isn’t one', 'status=done', invalid('status')],
    ['of a priority that isn’t one', 'priority=high&priority=urgent', invalid('priority.1')],
    ['of too many tags', Array.from({ length: 21 }, (_, n) => `tag=t${n}`).join('&'), invalid('tag')],
    ['of a tag with a space', 'tag=two%20words', invalid('tag.0')],
    ['of a tag with U+0000', 'tag=%00', invalid('tag.0')],
    ['due from a date', 'dueFrom=2026-11-21', invalid('dueFrom')],
    ['due from 30 February', 'dueFrom=2026-02-30T00:00:00Z', invalid('dueFrom')],
    ['due from the year 0000', 'dueFrom=0000-01-01T00:00:00Z', invalid('dueFrom')],
    ['due to a local time', 'dueTo=2026-11-21T00:00:00', invalid('dueTo')],
    ['due to an offset', 'dueTo=2026-11-21T00:00:00%2B01:00', invalid('dueTo')],
    ['due to infinity', 'dueTo=infinity', invalid('dueTo')],
    ['searched for two things', 'q=a&q=b', invalid('q')],
    ['searched for U+0000', 'q=%00', invalid('q')],
    ['searched for half a character', 'q=%e2%82', malformed],
    ['searched for a byte that is no UTF-8', 'q=%ff', malformed],
    ['searched for half a surrogate pair', 'q=%ed%a0%80', malformed],
    ['searched for a lone per cent sign', 'q=100%', malformed],
    ['with a parameter nobody knows', 'colour=red&userId=x', invalid('colour', 'userId')],
    ['with __proto__', '__proto__=x&constructor=y', invalid('__proto__', 'constructor')],
    ['of another user', `user_id=${newId()}`, invalid('user_id')],
    ['from an empty cursor', 'cursor=&limit=1', badCursor],
    ['from a cursor of garbage', 'cursor=garbage', badCursor],
    ['from a cursor of JSON', 'cursor={}', badCursor],
    ['from a cursor of emoji', `cursor=${encodeURIComponent('🎉')}`, badCursor],
    ['from a cursor of null', `cursor=${Buffer.from('null').toString('base64url')}`, badCursor],
    ['from a cursor of an object', `cursor=${Buffer.from('{"length":3}').toString('base64url')}`, badCursor],
    ['from a cursor of too few parts', `cursor=${cursor('created desc', now)}`, badCursor],
    ['from a cursor of another sort', `cursor=${cursor('due asc', now, newId())}`, badCursor],
    ['from a cursor of the other order', `cursor=${cursor('created asc', now, newId())}`, badCursor],
    ['from a cursor with a number for a time', `cursor=${cursor('created desc', 7, newId())}`, badCursor],
    ['from a cursor with SQL for a time', `cursor=${cursor('created desc', `now()`, newId())}`, badCursor],
    [
      'from a cursor with infinity for a time',
      `cursor=${cursor('created desc', 'infinity', newId())}`,
      badCursor,
    ],
    [
      'from a cursor at 30 February',
      `cursor=${cursor('created desc', '2026-02-30T00:00:00.000Z', newId())}`,
      badCursor,
    ],
    [
      'from a cursor in the year 0000',
      `cursor=${cursor('created desc', '0000-01-01T00:00:00.000Z', newId())}`,
      badCursor,
    ],
    ['from a cursor with SQL for an id', `cursor=${cursor('created desc', now, `' or 1=1 --`)}`, badCursor],
    ['from a cursor with a list for a time', `cursor=${cursor('created desc', [now], newId())}`, badCursor],
    [
      'from a cursor with a text for a priority',
      `sort=priority&cursor=${cursor('priority asc', '1', newId())}`,
      badCursor,
    ],
    [
      'from a cursor with priority 4',
      `sort=priority&cursor=${cursor('priority asc', 4, newId())}`,
      badCursor,
    ],
    [
      'from a cursor with half a priority',
      `sort=priority&cursor=${cursor('priority asc', 1.5, newId())}`,
      badCursor,
    ],
    [
      'from a cursor with U+0000 for a title',
      `sort=title&cursor=${cursor('title asc', 'a\u0000', newId())}`,
      badCursor,
    ],
    [
      'from a cursor with a number for a title',
      `sort=title&cursor=${cursor('title asc', 7, newId())}`,
      badCursor,
    ],
    [
      'from a cursor with a text for a due time',
      `sort=due&cursor=${cursor('due asc', 'never', newId())}`,
      badCursor,
    ],
    ['from a cursor without end', `cursor=${'A'.repeat(2001)}`, invalid('cursor')],
  ])('%s is refused', async (_what, query, refusal) => {
    await expectRefused(await request('GET', `${tasks}?${query}`), refusal);
  });

  test('from a cursor that somebody made up well begins where it says, and shows nothing more', async () => {
    const made = cursor('title asc', `' or 1=1 --`, '00000000-0000-4000-8000-000000000000');
    expect((await request('GET', `${tasks}?sort=title&cursor=${made}`)).status).toBe(200);
  });

  test.each(['GET', 'DELETE', 'POST'])(
    'an operation without parameters refuses them (%s)',
    async (method) => {
      const path =
        method === 'GET'
          ? `${tasks}/${id}`
          : method === 'POST'
            ? `${tasks}/${id}/complete`
            : `${tasks}/${id}`;
      await expectRefused(await request(method, `${path}?force=true`), invalid('force'));
    },
  );
});

describe('a token', () => {
  const now = Math.floor(Date.now() / 1000);
  const forge = (overrides: TokenOverrides) => () => api.tokens.tokenFor({ id: user }, overrides);
  const withHeader = (header: object) => () => {
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    return Promise.resolve(token.replace(/^[^.]+/, encoded));
  };
  const invalidToken: Refusal = { code: 'invalid_token' };

  test.each<[string, () => Promise<string>, Refusal]>([
    ['that has expired', forge({ claims: { exp: now - 60 } }), invalidToken],
    ['without an end', forge({ claims: { exp: undefined } }), invalidToken],
    ['with a text for its end', forge({ claims: { exp: 'tomorrow' } }), invalidToken],
    ['that isn’t valid yet', forge({ claims: { nbf: now + 3600 } }), invalidToken],
    ['of another issuer', forge({ claims: { iss: 'https://elsewhere.test' } }), invalidToken],
    ['of an issuer with a slash more', forge({ claims: { iss: 'https://issuer.test/' } }), invalidToken],
    ['without an issuer', forge({ claims: { iss: undefined } }), invalidToken],
    ['for another audience', forge({ claims: { aud: 'elsewhere' } }), invalidToken],
    ['for no audience', forge({ claims: { aud: undefined } }), invalidToken],
    ['without a subject', forge({ claims: { sub: undefined } }), invalidToken],
    ['with a subject that is no UUID', forge({ claims: { sub: 'admin' } }), invalidToken],
    ['with SQL as its subject', forge({ claims: { sub: `' or 1=1 --` } }), invalidToken],
    ['without scopes', forge({ claims: { scope: undefined } }), invalidToken],
    ['signed by a stranger', forge({ signed: 'by a stranger' }), invalidToken],
    ['not signed, with alg none', forge({ signed: 'none' }), invalidToken],
    ['signed with the public key as a secret', forge({ signed: 'HS256' }), invalidToken],
    ['of a key nobody knows', withHeader({ alg: 'EdDSA', kid: 'unknown' }), invalidToken],
    ['of another algorithm', withHeader({ alg: 'ES256', kid: 'test' }), invalidToken],
    [
      'that brings its own key',
      withHeader({ alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }),
      invalidToken,
    ],
    [
      'with critical parameters nobody knows',
      withHeader({ alg: 'EdDSA', kid: 'test', crit: ['x'], x: 1 }),
      invalidToken,
    ],
    ['with a signature cut short', () => Promise.resolve(token.slice(0, -10)), invalidToken],
    ['without a signature', () => Promise.resolve(token.split('.').slice(0, 2).join('.')), invalidToken],
    ['that is none', () => Promise.resolve('x'), invalidToken],
    ['of dots', () => Promise.resolve('..'), invalidToken],
    ['with other scopes', forge({ claims: { scope: 'tasks:read audit:read' } }), { code: 'forbidden' }],
    [
      'with the scope as part of another',
      forge({ claims: { scope: 'xtasks:writex' } }),
      { code: 'forbidden' },
    ],
    ['with an empty scope', forge({ claims: { scope: '' } }), { code: 'forbidden' }],
  ])('%s is refused', async (_what, make, refusal) => {
    const answer = await api.withToken(await make())('POST', tasks, { body: { title: 'x' } });
    await expectRefused(answer, refusal);
    if (answer.status === 401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('with somebody else’s claims put in is refused', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, sub: newId() })).toString('base64url');
    await expectRefused(await api.withToken(`${header}.${other}.${signature}`)('GET', tasks), invalidToken);
  });

  test.each(['', 'Basic YTpi', 'Bearer', 'Bearer  ', 'Bearer a b', 'Token x', 'bearer'])(
    'is asked for when Authorization is %j',
    async (authorization) => {
      const answer = await api.anonymous()('GET', tasks, { headers: { authorization } });
      await expectRefused(answer, { code: 'unauthenticated' });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  test('is asked for before anything else is said about a request', async () => {
    for (const [method, path] of [
      ['GET', `${tasks}/${id}`],
      ['GET', `${tasks}/x`],
      ['POST', tasks],
      ['PATCH', `${tasks}/${id}`],
      ['DELETE', `${tasks}/${newId()}`],
    ] as const)
      await expectRefused(await api.anonymous()(method, path), { code: 'unauthenticated' });
  });
});

describe('a path', () => {
  test.each([
    ['POST', `${tasks}/`, 'unsupported_media_type'],
    ['GET', `${tasks}//`, 'not_found'],
    ['GET', `/api/v1//tasks`, 'not_found'],
    ['GET', `//api/v1/tasks`, 'not_found'],
    ['GET', `/api/v1/TASKS`, 'not_found'],
    ['GET', `/api/v1/tasks%2f`, 'not_found'],
    ['GET', `/api/v1/tasks%00`, 'not_found'],
    ['GET', `/api/v1/tasksx`, 'not_found'],
    ['GET', `${tasks}/%2e%2e/tasks`, 'not_found'],
    ['GET', `${tasks}/..%2f..%2fetc%2fpasswd`, 'not_found'],
    ['GET', `${tasks}/%`, 'not_found'],
    ['GET', `${tasks}/%zz`, 'not_found'],
    ['GET', `${tasks}/%c0%ae`, 'not_found'],
    ['GET', `${tasks}/${'x'.repeat(8000)}`, 'not_found'],
    ['GET', '/api/v1', 'not_found'],
    ['GET', '/', 'not_found'],
    ['PUT', tasks, 'method_not_allowed'],
    ['DELETE', tasks, 'method_not_allowed'],
    ['OPTIONS', tasks, 'method_not_allowed'],
    ['TRACE', tasks, 'method_not_allowed'],
    ['PROPFIND', tasks, 'method_not_allowed'],
    ['GET', `${tasks}/x/complete`, 'method_not_allowed'],
    ['PUT', `${tasks}/x`, 'method_not_allowed'],
    ['POST', `${tasks}/x/archive`, 'not_found'],
  ])('%s %s is refused', async (method, path, code) => {
    const answer = await sendRaw(
      api.url,
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`,
    );
    await expectRefused(answer, { code });
    if (code === 'method_not_allowed') expect(answer.headers.get('allow')).toMatch(/GET|POST/);
  });

  test('that goes up and down again is somebody else’s', async () => {
    const answer = await sendRaw(
      api.url,
      `GET /api/v1/other/../tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`,
    );
    await expectRefused(answer, { code: 'not_found' });
  });
});

describe('a request that no client makes', () => {
  const start = (line: string, ...headers: string[]) =>
    [line, 'host: x', `authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n');
  const body = '{"title":"x"}';
  const json = ['content-type: application/json', 'connection: close'];

  test.each<[string, () => string[], number]>([
    [
      'with a length and chunks',
      () => [
        start(`POST ${tasks} HTTP/1.1`, ...json, 'content-length: 13', 'transfer-encoding: chunked'),
        `d\r\n${body}\r\n0\r\n\r\n`,
      ],
      400,
    ],
    [
      'with two lengths',
      () => [start(`POST ${tasks} HTTP/1.1`, ...json, 'content-length: 13', 'content-length: 5'), body],
      400,
    ],
    [
      'with a negative length',
      () => [start(`POST ${tasks} HTTP/1.1`, ...json, 'content-length: -1'), body],
      400,
    ],
    [
      'with a chunk that has no size',
      () => [start(`POST ${tasks} HTTP/1.1`, ...json, 'transfer-encoding: chunked'), `xyz\r\n${body}`],
      400,
    ],
    [
      'with a header without end',
      () => [start(`GET ${tasks} HTTP/1.1`, `x-long: ${'x'.repeat(20_000)}`)],
      431,
    ],
    ['with a query without end', () => [start(`GET ${tasks}?q=${'x'.repeat(20_000)} HTTP/1.1`)], 431],
    ['with a space in a header’s name', () => [start(`GET ${tasks} HTTP/1.1`, 'bad header: x')], 400],
    ['with a line feed in its path', () => [start(`GET ${tasks}\n HTTP/1.1`)], 400],
    ['with a method that isn’t one', () => [start(`STEAL ${tasks} HTTP/1.1`)], 400],
    ['without a host', () => [`GET ${tasks} HTTP/1.1\r\n\r\n`], 400],
    ['of HTTP/2 in clear', () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], 400],
    ['of TLS', () => ['\u0016\u0003\u0001\u0002\u0000\u0001'], 400],
  ])('%s is refused', async (_what, make, status) => {
    expect((await sendRaw(api.url, ...make())).status).toBe(status);
    expect(await contents()).toEqual(before);
  });

  test('with two tokens is judged by the first, never by both', async () => {
    const answer = await sendRaw(
      api.url,
      [
        `GET ${tasks} HTTP/1.1`,
        'host: x',
        'authorization: Bearer x',
        `authorization: Bearer ${token}`,
        'connection: close',
        '',
        '',
      ].join('\r\n'),
    );
    await expectRefused(answer, { code: 'invalid_token' });
  });

  test('with two versions or two idempotency keys names neither', async () => {
    const twice = (name: string, line: string) =>
      sendRaw(
        api.url,
        start(line, ...json, `${name}: "1"`, `${name}: "2"`, `content-length: ${body.length}`),
        body,
      );
    await expectRefused(await twice('if-match', `PATCH ${tasks}/${id} HTTP/1.1`), malformed);
    await expectRefused(await twice('idempotency-key', `POST ${tasks} HTTP/1.1`), malformed);
  });

  test('whose body is shorter than it says is not acted upon', async () => {
    const { hostname, port } = new URL(api.url);
    const { connect } = await import('node:net');
    const socket = connect(Number(port), hostname);
    socket.write(start(`POST ${tasks} HTTP/1.1`, ...json, 'content-length: 500') + body);
    await new Promise<void>((resolve) => socket.end(resolve));
    await new Promise((resolve) => socket.once('close', resolve).resume());
    expect(await contents()).toEqual(before);
  });
});
