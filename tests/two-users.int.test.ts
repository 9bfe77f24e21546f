import { apiCatalogue, pathOf, syncPath, type Api, type Operation } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Answer, Client, RequestOptions } from '@almanac/testkit/service';
import { waitUntil } from '@almanac/testkit';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { startProduct, type Product } from './support/product';

/** In everything that Ada wrote, and nowhere else. */
const mark = 'Zanzibar';
const key = 'the-idempotency-key-of-ada';
const sentence = { title: `${mark} in spring`, description: `All about ${mark}`, tags: [mark.toLowerCase()] };

let product: Product;
let ada: { id: string; request: Client };
let eve: { id: string; request: Client };
let operator: Client;
/** Ada's tasks: an open one, a completed one, a deleted one. */
let ids: string[];
/** Cursors that Ada's lists gave out, by operation. */
const cursors = new Map<string, string[]>();

beforeAll(async () => {
  product = await startProduct();
  const signUp = async (name: string) => {
    const account = { email: `${name}@example.net`, password: 'correct horse', name, zone: 'Africa/Nairobi' };
    const { status, body } = await product.anonymous('POST', '/api/v1/auth/sign-up', { body: account });
    expect(status).toBe(201);
    const { id } = (body as { account: { id: string } }).account;
    return { id, request: await product.as({ id }) };
  };
  ada = await signUp(mark);
  eve = await signUp('Eve');
  operator = await product.as({ id: newId(), role: 'operator' });

  const create = async (headers: Record<string, string> = {}) => {
    const { body } = await ada.request('POST', '/api/v1/tasks', { body: sentence, headers });
    return (body as { id: string }).id;
  };
  ids = [await create({ 'idempotency-key': key }), await create(), await create()];
  await ada.request('POST', `/api/v1/tasks/${ids[1]!}/complete`);
  await ada.request('DELETE', `/api/v1/tasks/${ids[2]!}`);
  await product.settled();
  for (const { api, name, operation } of operations)
    if (keysOf(operation.query).includes('cursor')) cursors.set(name, await cursorsOf(api, operation));
});
afterAll(() => product.stop());

interface Route {
  readonly api: Api;
  readonly name: string;
  readonly operation: Operation;
}
const operations: Route[] = apiCatalogue.flatMap((api) =>
  Object.entries(api.operations).map(([name, operation]) => ({ api, name, operation })),
);
const isPublic = ({ operation }: Route) => operation.scope === 'public';
const titled = (routes: readonly Route[]) =>
  routes.map((route): [string, Route] => [
    `${route.operation.method} ${pathOf(route.api, route.operation)}`,
    route,
  ]);

const keysOf = (schema: z.ZodType | undefined): string[] =>
  Object.keys((schema as z.ZodObject | undefined)?.shape ?? {});

/** Ada's cursors of a list, for each order that it knows. */
async function cursorsOf(api: Api, operation: Operation): Promise<string[]> {
  const sorts = keysOf(operation.query).includes('sort') ? ['due', 'priority', 'created', 'title'] : [''];
  const found = await Promise.all(
    sorts.map(async (sort) => {
      const { body } = await ada.request(
        'GET',
        `${pathOf(api, operation)}?limit=1${sort && `&sort=${sort}`}`,
      );
      return (body as { nextCursor: string | null }).nextCursor;
    }),
  );
  expect(found).not.toContain(null);
  return found as string[];
}

/**
 * What Eve may put into each parameter: Ada's things, mostly. A route with a parameter that isn't here
 * fails the test, until it is said what an attacker would try.
 */
const attempts = (name: string): Readonly<Record<string, readonly string[]>> => ({
  id: [...ids, ada.id, ids[0]!.toUpperCase()],
  userId: [ada.id],
  entityType: ['task'],
  entityId: ids,
  type: ['task.created', 'task.completed'],
  from: ['2000-01-01T00:00:00Z'],
  to: ['2100-01-01T00:00:00Z'],
  limit: ['1', '200'],
  cursor: cursors.get(name) ?? ['x'],
  status: ['open', 'completed'],
  priority: ['high', 'medium', 'low'],
  tag: [mark.toLowerCase()],
  dueFrom: ['2000-01-01T00:00:00Z'],
  dueTo: ['2100-01-01T00:00:00Z'],
  q: [mark, mark.slice(0, 3), `' or true --`],
  sort: ['due', 'priority', 'created', 'title'],
  order: ['asc', 'desc'],
});

function attemptsFor(parameter: string, name: string): readonly string[] {
  const values = attempts(name)[parameter];
  if (!values)
    throw new Error(`say in ${__filename} what an attacker would put into ${parameter} of ${name}`);
  return values;
}

/** Requests for one operation that try to get at what is Ada's. */
function attacks({ api, name, operation }: Route): [path: string, options: RequestOptions][] {
  const paths = keysOf(operation.params).reduce<string[]>(
    (made, parameter) =>
      made.flatMap((path) =>
        attemptsFor(parameter, name).map((value) => path.replace(`:${parameter}`, value)),
      ),
    [pathOf(api, operation)],
  );
  const parameters = Object.fromEntries(
    keysOf(operation.query).map((parameter) => [parameter, fc.constantFrom(...attemptsFor(parameter, name))]),
  );
  const queries = operation.query
    ? [
        {},
        ...keysOf(operation.query).flatMap((parameter) =>
          attemptsFor(parameter, name).map((value) => ({ [parameter]: value })),
        ),
        ...fc.sample(fc.record(parameters, { requiredKeys: [] }), { numRuns: 60, seed: 1 }),
      ]
    : [{}];
  const headers = [
    {},
    ...(operation.ifMatch ? ['"1"', '"2"', '"3"', '*'].map((version) => ({ 'if-match': version })) : []),
    ...(operation.idempotent ? [{ 'idempotency-key': key }] : []),
  ];
  const bodies = operation.body ? [exampleOf(name, operation.body), sentence] : [undefined];
  return paths.flatMap((path) =>
    queries.flatMap((query) =>
      headers.flatMap((some) =>
        bodies.map((body): [string, RequestOptions] => {
          const text = new URLSearchParams(query as Record<string, string>).toString();
          return [text ? `${path}?${text}` : path, { headers: some, ...(body !== undefined && { body }) }];
        }),
      ),
    ),
  );
}

function exampleOf(name: string, schema: z.ZodType): unknown {
  const [example] = (schema.meta()?.examples ?? []) as unknown[];
  if (example === undefined) throw new Error(`the body of ${name} has no example in its contract`);
  return example;
}

/** Every row of every table that has to do with Ada. */
async function whatIsAdas(): Promise<unknown> {
  await product.settled();
  const tables = await product.sql<{ table: string }>(
    `select oid::regclass::text as table from pg_class
     where relkind = 'r' and relnamespace::regnamespace::text in ('task_api', 'audit', 'realtime', 'web', 'bus') order by 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const { table } of tables)
    rows[table] = await product.sql(`select t::text as row from ${table} t where t::text ~* $1 order by 1`, [
      [ada.id, ...ids].join('|'),
    ]);
  return rows;
}

function expectNothingOfAdas({ body }: Answer, context: string): void {
  const text = JSON.stringify(body ?? '');
  // What Eve sent may come back to her, what Ada stored may not.
  for (const secret of [ada.id, ...ids])
    if (text.includes(secret)) throw new Error(`${context} gave away ${secret}: ${text}`);
}

test('there is something to steal', async () => {
  const rows = (await whatIsAdas()) as Record<string, unknown[]>;
  for (const table of [
    'task_api.task',
    'task_api.idempotency_key',
    'audit.audit_log',
    'realtime.feed',
    'web.account',
  ])
    expect([table, rows[table]?.length]).not.toEqual([table, 0]);
  for (const list of cursors.values()) expect(list.length).toBeGreaterThan(0);
  expect(operations.filter((route) => !isPublic(route)).length).toBeGreaterThanOrEqual(12);
});

describe('a user gets at nothing of another one’s', () => {
  let before: unknown;
  beforeAll(async () => {
    before = await whatIsAdas();
  });

  test.each(titled(operations.filter((route) => !isPublic(route))))('through %s', async (title, route) => {
    for (const [path, options] of attacks(route)) {
      const answer = await eve.request(route.operation.method, path, options);
      const context = `${route.operation.method} ${path} ${JSON.stringify(options)} → ${answer.status}`;
      if (answer.status >= 500 || answer.status === 403) throw new Error(`${context}: ${title}`);
      expectNothingOfAdas(answer, context);
      // Only a missing version is told before it is known that there is no such task.
      if (route.operation.params)
        expect([context, [404, 428].includes(answer.status)]).toEqual([context, true]);
    }
    expect(await whatIsAdas()).toEqual(before);
  });

  test.each(titled(operations.filter(isPublic)))(
    'through %s, which needs no token',
    async (_title, route) => {
      for (const [path, options] of publicAttacks(route))
        for (const request of [product.anonymous, eve.request]) {
          const answer = await request(route.operation.method, path, options);
          const context = `${route.operation.method} ${path} → ${answer.status}`;
          if (answer.status >= 500) throw new Error(context);
          expectNothingOfAdas(answer, context);
        }
      expect(await whatIsAdas()).toEqual(before);
    },
  );

  /** Public operations know no ids; with Ada's e-mail and no password nobody becomes Ada. */
  function publicAttacks({ api, name, operation }: Route): [string, RequestOptions][] {
    const path = pathOf(api, operation);
    if (operation.params) throw new Error(`say what an attacker would try at ${path}, which is public`);
    if (!operation.body) return [[path, {}]];
    const example = exampleOf(name, operation.body) as object;
    const adas = { ...example, email: `${mark}@example.net`, password: 'wrong horse' };
    return [example, adas].map((body): [string, RequestOptions] => [path, { body }]);
  }

  test('by her cursor on the live socket', async () => {
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}${syncPath}`);
    const heard: string[] = [];
    socket.on('message', (data: Buffer) => heard.push(data.toString('utf8')));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(
      JSON.stringify({ type: 'hello', token: await product.tokenFor({ id: eve.id }), cursor: '0' }),
    );
    await eve.request('POST', '/api/v1/tasks', { body: { title: 'The last of Eve’s' } });
    await waitUntil(() => heard.some((message) => message.includes('The last of Eve’s')));
    await ada.request('POST', '/api/v1/tasks', { body: { ...sentence, title: 'later' } });
    await product.settled();
    await eve.request('POST', '/api/v1/tasks', { body: { title: 'The very last of Eve’s' } });
    await waitUntil(() => heard.some((message) => message.includes('The very last of Eve’s')));
    socket.terminate();
    expectNothingOfAdas({ status: 200, headers: new Headers(), body: heard.join() }, syncPath);
    expect(heard.join()).not.toContain('later');
  });
});

test('a request that repeats another user’s idempotency key is a request of its own', async () => {
  const request = await product.as({ id: newId() });
  const options = { body: sentence, headers: { 'idempotency-key': key } };
  const { status, body } = await request('POST', '/api/v1/tasks', options);
  expect(status).toBe(201);
  expect(ids).not.toContain((body as { id: string }).id);
});

describe('an operator', () => {
  test('reads what happened to a user’s data', async () => {
    const { status, body } = await operator('GET', `/api/v1/audit-log?userId=${ada.id}&limit=200`);
    const { items } = body as { items: { userId: string; entity: { id: string } }[] };
    expect(status).toBe(200);
    expect(new Set(items.map(({ userId }) => userId))).toEqual(new Set([ada.id]));
    expect(items.map(({ entity }) => entity.id)).toEqual(expect.arrayContaining(ids));
  });

  const others = operations.filter((route) => !isPublic(route) && route.name !== 'listAudit');
  test.each(titled(others))('neither reads nor changes it through %s', async (_title, route) => {
    const before = await whatIsAdas();
    for (const [path, options] of attacks(route)) {
      const answer = await operator(route.operation.method, path, options);
      const context = `${route.operation.method} ${path} ${JSON.stringify(options)} → ${answer.status}`;
      if (answer.status >= 500) throw new Error(context);
      expectNothingOfAdas(answer, context);
      if (route.operation.params)
        expect([context, [404, 428].includes(answer.status)]).toEqual([context, true]);
    }
    expect(await whatIsAdas()).toEqual(before);
  });
});

test('without a token nothing that needs one is answered', async () => {
  for (const route of operations.filter((one) => !isPublic(one))) {
    const [path, options] = attacks(route)[0]!;
    const answer = await product.anonymous(route.operation.method, path, options);
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test('a token without the scope of an operation is refused by it, and by it alone', async () => {
  for (const route of operations.filter((one) => !isPublic(one))) {
    const [path, options] = attacks(route)[0]!;
    const scopes = (
      ['tasks:read', 'tasks:write', 'audit:read', 'sync:read', 'account:read', 'account:write'] as const
    ).filter((scope) => scope !== route.operation.scope);
    const answer = await (await product.as({ id: eve.id, scopes }))(route.operation.method, path, options);
    expect([path, answer.status]).toEqual([path, 403]);
  }
});
