import { page, Task } from '@almanac/contracts';
import type { Client } from '@almanac/testkit/service';
import fc from 'fast-check';
import { createTask, problemOf, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
let api: TaskApiUnderTest;
let request: Client;

beforeAll(async () => {
  api = await startTaskApi();
});
afterAll(() => api.stop());

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

const pathOf = (query: Query): string => {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return `${tasks}?${new URLSearchParams(parameters).toString()}`;
};

async function list(query: Query = {}) {
  const { status, body } = await request('GET', pathOf(query));
  if (status !== 200) throw new Error(`not listed: ${JSON.stringify(body)}`);
  return page(Task).parse(body);
}

/** Reads all pages of a list; `between` runs after each. */
async function readAll(query: Query, between: () => Promise<void> = async () => undefined): Promise<Task[]> {
  const items: Task[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const slice = await list({ ...query, ...(cursor !== undefined && { cursor }) });
    expect(slice.items.length).toBeLessThanOrEqual(Number(query.limit ?? 50));
    items.push(...slice.items);
    cursor = slice.nextCursor;
    await between();
  }
  return items;
}

const titlesOf = (items: readonly Task[]) => items.map(({ title }) => title);

describe('filters', () => {
  beforeAll(async () => {
    request = await api.as();
    const due = (local: string, zone = 'UTC') => ({ due: { local, zone } });
    await createTask(request, { title: 'a', priority: 'high', tags: ['home'], ...due('2026-11-21T10:00') });
    await createTask(request, { title: 'b', priority: 'low', tags: ['home', 'garden'] });
    await createTask(request, { title: 'c', tags: ['garden'], ...due('2026-11-21T10:00', 'Asia/Tokyo') });
    const done = await createTask(request, { title: 'd', ...due('2026-11-22T10:00') });
    await request('POST', `${tasks}/${done.id}/complete`);
  });

  test.each<[string, Query, string[]]>([
    ['nothing asked, nothing left out', {}, ['a', 'b', 'c', 'd']],
    ['open ones', { status: 'open' }, ['a', 'b', 'c']],
    ['completed ones', { status: 'completed' }, ['d']],
    ['one priority', { priority: 'high' }, ['a']],
    ['either priority', { priority: ['high', 'low'] }, ['a', 'b']],
    ['a tag', { tag: 'home' }, ['a', 'b']],
    ['a tag, in capitals', { tag: 'HOME' }, ['a', 'b']],
    ['all tags', { tag: ['home', 'garden'] }, ['b']],
    ['a tag nobody has', { tag: 'nowhere' }, []],
    ['due at an instant or later, but due', { dueFrom: '2026-11-21T10:00:00Z' }, ['a', 'd']],
    ['due before an instant', { dueTo: '2026-11-21T10:00:00.000Z' }, ['c']],
    ['due between', { dueFrom: '2026-11-21T00:00:00Z', dueTo: '2026-11-22T00:00:00Z' }, ['a', 'c']],
    ['a range that is empty', { dueFrom: '2026-11-22T00:00:00Z', dueTo: '2026-11-21T00:00:00Z' }, []],
    [
      'everything at once',
      { status: 'open', priority: 'high', tag: 'home', q: 'a', dueTo: '2027-01-01T00:00:00Z' },
      ['a'],
    ],
  ])('%s', async (_what, query, titles) => {
    expect(titlesOf((await list(query)).items).sort()).toEqual(titles);
  });

  test('sorts have the order that a person expects', async () => {
    expect(titlesOf(await readAll({ sort: 'title' }))).toEqual(['a', 'b', 'c', 'd']);
    expect(titlesOf(await readAll({ sort: 'due' }))).toEqual(['c', 'a', 'd', 'b']);
    expect(titlesOf(await readAll({ sort: 'due', order: 'desc' }))).toEqual(['b', 'd', 'a', 'c']);
    expect(titlesOf(await readAll({ sort: 'priority' }))).toEqual(['a', 'c', 'd', 'b']);
    expect(titlesOf(await readAll({ sort: 'created' }))).toEqual(['d', 'c', 'b', 'a']);
  });
});

describe('search', () => {
  const titles = [
    'Call Jürgen about the CAFÉ',
    'Write to ada@example.org',
    'Read https://example.com/a/b?c=d#e',
    'Follow-up on v3.14.2',
    `Don't say "hello" \\ or 'bye'`,
    '<b>urgent</b> & a < b',
    '🎉 party 🎉',
    'snake_case and C:\\temp\\file.txt',
    '日本語 のタスク',
    'Pay 1,234.50 € (50%)',
  ];
  beforeAll(async () => {
    request = await api.as();
    for (const title of titles) await createTask(request, { title });
    await createTask(request, {
      title: 'Described',
      description: 'fertiliser for tomatoes',
      tags: ['next-week'],
    });
    await createTask(request, {
      title: 'Long',
      description: `${'w'.repeat(3_000)} ${'v'.repeat(2_040)} ${'x'.repeat(300)} end`,
    });
  });

  test.each<[string, string, string[]]>([
    ['a word', 'party', ['🎉 party 🎉']],
    ['an unfinished word', 'part', ['🎉 party 🎉']],
    ['in capitals', 'PARTY', ['🎉 party 🎉']],
    ['letters with accents', 'café jürg', ['Call Jürgen about the CAFÉ']],
    ['words in any order', 'say don', [`Don't say "hello" \\ or 'bye'`]],
    ['only the last may be unfinished', 'cal jürgen', []],
    ['all words must be there', 'party jürgen', []],
    ['an e-mail address', 'ada@example.org', ['Write to ada@example.org']],
    ['half an e-mail address', 'ada@exam', ['Write to ada@example.org']],
    ['a host', 'example.org', ['Write to ada@example.org']],
    ['an address of the web', 'https://example.com/a/b?c=d#e', ['Read https://example.com/a/b?c=d#e']],
    ['with a hyphen', 'follow-up', ['Follow-up on v3.14.2']],
    ['with half a hyphenated word', 'follow-u', ['Follow-up on v3.14.2']],
    ['a version', 'v3.14', ['Follow-up on v3.14.2']],
    ['quotes', `"hello"`, [`Don't say "hello" \\ or 'bye'`]],
    ['an apostrophe', `don't`, [`Don't say "hello" \\ or 'bye'`]],
    ['what looks like HTML', '<b>urgent</b>', ['<b>urgent</b> & a < b']],
    ['with an underscore', 'snake_case', ['snake_case and C:\\temp\\file.txt']],
    ['a path', 'C:\\temp', ['snake_case and C:\\temp\\file.txt']],
    ['other scripts', '日本', ['日本語 のタスク']],
    ['an amount', '1,234.50', ['Pay 1,234.50 € (50%)']],
    ['words and a symbol', 'party 🎉', ['🎉 party 🎉']],
    ['the description', 'tomato', ['Described']],
    ['a tag', 'next-week', ['Described']],
    ['half of a tag', 'week', ['Described']],
    ['a word beside one that is endless', 'end', ['Long']],
    ['spaces around', '  party  ', ['🎉 party 🎉']],
    ['a symbol alone is no word', '🎉', []],
    ['punctuation alone is no word', `'"\\ -- ;:*&|!()<>`, []],
    ['an operator of tsquery', 'party & !jürgen', []],
    ['another', 'party | jürgen', []],
    ['a prefix operator', 'par:*', ['🎉 party 🎉']],
    ['a weight', 'party:A', []],
    ['a phrase operator', 'party <-> jürgen', []],
    ['SQL', `' or 1=1 --`, []],
    ['more SQL', `'); drop table task_api.task; --`, []],
    ['wildcards of LIKE', '%', []],
  ])('%s: %s', async (_what, q, found) => {
    expect(titlesOf((await list({ q })).items).sort()).toEqual(found);
  });

  test('200 characters can be searched for, more are refused', async () => {
    expect((await list({ q: 'x'.repeat(200) })).items).toHaveLength(1);
    expect((await list({ q: '☃'.repeat(200) })).items).toHaveLength(0);
    const answer = await request('GET', pathOf({ q: 'x'.repeat(201) }));
    expect(problemOf(answer).issues).toEqual([{ path: 'q', message: expect.any(String) as string }]);
  });

  test('nothing to search for leaves nothing out', async () => {
    expect((await list({ q: '   ' })).items).toHaveLength(12);
  });

  test('a change is found by its new words and no longer by the old ones', async () => {
    const { id } = await createTask(request, { title: 'oldword' });
    await request('PATCH', `${tasks}/${id}`, { body: { title: 'newword' }, headers: { 'if-match': '"1"' } });
    expect((await list({ q: 'oldword' })).items).toEqual([]);
    expect((await list({ q: 'newword' })).items).toHaveLength(1);
  });

  test('a word that very many tasks have is found in each, page by page', async () => {
    const user = '01a1fdcb-18ec-7004-a815-2f5b3a1c9d10';
    request = await api.as(user);
    await api.sql(
      `insert into task_api.task (id, user_id, title, description, status, priority, tags, created_at, updated_at, version)
       select gen_random_uuid(), $1, case when n % 5 = 0 then 'rare ' else '' end || 'common ' || n, '', 'open', 1 + n % 3, '{}', now(), now(), 1
       from generate_series(1, 700) n`,
      [user],
    );
    for (const sort of ['created', 'due', 'priority', 'title'] as const) {
      expect(new Set((await readAll({ q: 'comm', sort, limit: 200 })).map(({ id }) => id)).size).toBe(700);
      expect(await readAll({ q: 'common rare', sort, limit: 200 })).toHaveLength(140);
    }
  });
});

describe('pages', () => {
  const titles = [
    'apple',
    'Apple',
    'banana',
    'Zebra',
    'éclair',
    'ärger',
    '🍎',
    '\u{1f34f}x',
    'a b',
    '10',
    '9',
  ];
  const dues = [null, '2026-11-21T10:00', '2026-11-21T10:01', '2027-01-01T00:00'];
  const details = fc.record({
    title: fc.constantFrom(...titles),
    priority: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
    tags: fc.subarray(['home', 'garden', 'work']),
    due: fc.constantFrom(...dues).map((local) => local && { local, zone: 'Europe/Berlin' }),
  });
  const query = fc.record(
    {
      sort: fc.constantFrom('created' as const, 'due' as const, 'priority' as const, 'title' as const),
      order: fc.constantFrom('asc' as const, 'desc' as const),
      limit: fc.integer({ min: 1, max: 25 }),
      status: fc.constantFrom('open' as const, 'completed' as const),
      priority: fc.subarray(['high' as const, 'medium' as const, 'low' as const], { minLength: 1 }),
      tag: fc.subarray(['home', 'garden'], { minLength: 1 }),
      dueFrom: fc.constantFrom('2026-11-21T09:00:00.000Z', '2026-11-21T09:01:00.000Z'),
      dueTo: fc.constantFrom('2026-11-21T09:01:00.000Z', '2030-01-01T00:00:00.000Z'),
      q: fc.constantFrom('a', 'app', 'banana', 'home'),
    },
    { requiredKeys: ['sort', 'order', 'limit'] },
  );
  type Asked = typeof query extends fc.Arbitrary<infer T> ? T : never;

  const rank = { high: 1, medium: 2, low: 3 };
  const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const compares: Record<Asked['sort'], (a: Task, b: Task) => number> = {
    created: (a, b) => inBytes(a.createdAt, b.createdAt),
    due: (a, b) => inBytes(a.due?.at ?? 'never', b.due?.at ?? 'never'),
    priority: (a, b) => rank[a.priority] - rank[b.priority],
    title: (a, b) => inBytes(a.title.toLowerCase(), b.title.toLowerCase()),
  };
  const compareBy =
    ({ sort, order }: Asked) =>
    (a: Task, b: Task) =>
      (order === 'asc' ? 1 : -1) * (compares[sort](a, b) || inBytes(a.id, b.id));
  /** What the list should be, without the database. */
  const expected = (all: readonly Task[], asked: Asked): Task[] =>
    all
      .filter(
        ({ title, status, priority, tags, due }) =>
          (!asked.status || status === asked.status) &&
          (!asked.priority || asked.priority.includes(priority)) &&
          (!asked.tag || asked.tag.every((tag) => tags.includes(tag))) &&
          (!asked.dueFrom || (due !== null && due.at >= asked.dueFrom)) &&
          (!asked.dueTo || (due !== null && due.at < asked.dueTo)) &&
          (!asked.q ||
            [...title.toLowerCase().split(/[^\p{L}\d]+/u), ...tags].some((word) =>
              word.startsWith(asked.q!),
            )),
      )
      .sort(compareBy(asked));

  const someTasks = async (count: number): Promise<Task[]> => {
    request = await api.as();
    const all: Task[] = [];
    for (const one of fc.sample(details, { numRuns: count, seed: 7 })) {
      if (all.length % 4 === 0) api.clock.advance(1);
      const task = await createTask(request, one);
      const done = all.length % 5 === 0;
      all.push(done ? Task.parse((await request('POST', `${tasks}/${task.id}/complete`)).body) : task);
    }
    return all;
  };

  test('put together are the whole list, filtered and in order, each task once', async () => {
    const all = await someTasks(60);
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        expect(await readAll(asked)).toEqual(expected(all, asked));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('have each task that stays exactly once, also when others come and go in between', async () => {
    const staying = await someTasks(25);
    await fc.assert(
      fc.asyncProperty(query, fc.array(details, { maxLength: 4 }), async (anything, coming) => {
        const asked: Asked = {
          sort: anything.sort,
          order: anything.order,
          limit: Math.min(anything.limit, 7),
        };
        const passing: Task[] = [];
        const waiting = [...coming];
        const leave = async () => {
          const gone = passing.pop();
          if (gone) await request('DELETE', `${tasks}/${gone.id}`);
        };
        const items = await readAll(asked, async () => {
          const next = waiting.pop();
          if (next) passing.push(await createTask(request, next));
          else await leave();
        });
        expect(items).toEqual([...items].sort(compareBy(asked)));
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
        expect(items.filter(({ id }) => staying.some((task) => task.id === id))).toEqual(
          expected(staying, asked),
        );
        while (passing.length > 0) await leave();
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
