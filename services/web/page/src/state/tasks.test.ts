import type { Change, Problem, Task } from '@almanac/contracts';
import { Refused, Unreachable, type Http, type Request } from '../api/http';
import { everythingOpen } from './query';
import { aTask, dueAt } from './task.fixture';
import { createTasks } from './tasks';
import { createToasts } from './toasts';

const now = Date.parse('2026-11-21T10:00:00Z');
const refusal = (code: Problem['code'], status: number) =>
  new Refused({ type: '', title: '', status, code, detail: 'Because.', instance: '' });
const change = (task: Task): Change => ({ kind: 'task', id: task.id, version: task.version, task });

/** A server that answers what it is told to, when it is told to. */
function setUp(first: Task[]) {
  const calls: { route: string; request: Request }[] = [];
  const answers = new Map<string, () => unknown>([
    ['GET /tasks', () => ({ items: first, nextCursor: null })],
    ['GET /tasks/tags', () => ({ items: [] })],
  ]);
  const http: Http = async (path, request = {}) => {
    const route = `${request.method ?? 'GET'} ${path}`;
    calls.push({ route, request });
    const answer = answers.get(route);
    if (!answer) throw new Error(`no answer for ${route}`);
    return (await answer()) as never;
  };
  let keys = 0;
  const toasts = createToasts();
  const tasks = createTasks({
    http,
    toasts,
    zone: () => 'Europe/Berlin',
    now: () => now,
    newKey: () => `key-${++keys}`,
  });
  const titles = () =>
    tasks.list.value.items.map(({ title, status }) => title + (status === 'completed' ? '✓' : ''));
  return { tasks, toasts, answers, calls, titles };
}

/** Something that ends when the test says so. */
function later<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

const rent = aTask({ id: 'rent', title: 'Rent', version: 1, due: dueAt('2026-11-22T09:00') });
const milk = aTask({ id: 'milk', title: 'Milk', version: 1, due: dueAt('2026-11-23T09:00') });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
const pass = (ms = 0) => jest.advanceTimersByTimeAsync(ms);

describe('completing', () => {
  test('shows at once, stays to be seen, and goes', async () => {
    const { tasks, answers, titles, toasts } = setUp([rent, milk]);
    await tasks.refresh();
    const answer = later<Task>();
    answers.set('POST /tasks/rent/complete', () => answer.promise);
    const done = tasks.complete(rent);
    expect(titles()).toEqual(['Rent✓', 'Milk']);
    answer.resolve({ ...rent, status: 'completed', version: 2 });
    await done;
    expect(titles()).toEqual(['Rent✓', 'Milk']);
    expect(toasts.shown.value[0]).toMatchObject({ text: 'Completed ‘Rent’.', action: { label: 'Undo' } });
    await pass(1500);
    expect(titles()).toEqual(['Milk']);
  });

  test('is taken back when it fails, and the reason is told', async () => {
    const { tasks, answers, titles, toasts } = setUp([rent]);
    await tasks.refresh();
    answers.set('POST /tasks/rent/complete', () => Promise.reject(new Unreachable()));
    await tasks.complete(rent);
    expect(titles()).toEqual(['Rent']);
    expect(toasts.shown.value[0]).toMatchObject({
      tone: 'trouble',
      text: '‘Rent’ isn’t completed. Almanac can’t be reached at the moment.',
    });
    await pass(1500);
    expect(titles()).toEqual(['Rent']);
  });

  test('can be undone from the toast', async () => {
    const { tasks, answers, titles, toasts } = setUp([rent]);
    await tasks.refresh();
    answers.set('POST /tasks/rent/complete', () => ({ ...rent, status: 'completed', version: 2 }));
    answers.set('POST /tasks/rent/reopen', () => ({ ...rent, version: 3 }));
    await tasks.complete(rent);
    await pass(1500);
    expect(titles()).toEqual([]);
    expect(toasts.act()).toBe(true);
    await pass();
    expect(titles()).toEqual(['Rent']);
  });
});

describe('deleting', () => {
  test('can be undone, also when the socket was faster than the answer', async () => {
    const { tasks, answers, titles, toasts } = setUp([rent, milk]);
    await tasks.refresh();
    const answer = later<undefined>();
    answers.set('DELETE /tasks/rent', () => answer.promise);
    answers.set('POST /tasks/rent/restore', () => ({ ...rent, version: 3 }));
    const gone = tasks.remove(rent);
    expect(titles()).toEqual(['Milk']);
    tasks.receive([{ kind: 'task', id: 'rent', version: 2, task: null }]);
    answer.resolve(undefined);
    await gone;
    toasts.act();
    await pass();
    expect(titles()).toEqual(['Rent', 'Milk']);
  });
});

describe('adding', () => {
  const input = { title: 'Bread', description: '', priority: 'medium', tags: [], due: null } as const;

  test('waits through a lost answer and sends the same key again', async () => {
    const { tasks, answers, calls, titles } = setUp([]);
    await tasks.refresh();
    answers.set('POST /tasks', () => Promise.reject(new Unreachable()));
    tasks.add({ ...input, tags: [] });
    await pass();
    expect(tasks.adding.value).toMatchObject([{ state: 'waiting', task: { title: 'Bread' } }]);
    answers.set('POST /tasks', () => aTask({ id: 'bread', title: 'Bread' }));
    tasks.resend();
    await pass();
    expect(tasks.adding.value).toEqual([]);
    expect(titles()).toEqual(['Bread']);
    const keys = calls
      .filter(({ route }) => route === 'POST /tasks')
      .map(({ request }) => request.headers?.['idempotency-key']);
    expect(keys).toEqual(['key-1', 'key-1']);
  });

  test('shows the task once, though the socket may bring it before the answer', async () => {
    const { tasks, answers, titles } = setUp([rent]);
    await tasks.refresh();
    const answer = later<Task>();
    answers.set('POST /tasks', () => answer.promise);
    tasks.add({ ...input, tags: [] });
    const bread = aTask({ id: 'bread', title: 'Bread' });
    tasks.receive([change(bread), change({ ...rent, title: 'The rent', version: 2 })]);
    expect(titles()).toEqual(['The rent']);
    tasks.receive([change({ ...bread, version: 2, title: 'Dark bread' })]);
    answer.resolve(bread);
    await pass();
    expect(tasks.adding.value).toEqual([]);
    expect(titles()).toEqual(['The rent', 'Dark bread']);
  });

  test('that is refused stays to be read, and isn’t sent again', async () => {
    const { tasks, answers, calls } = setUp([]);
    answers.set('POST /tasks', () => Promise.reject(refusal('invalid_input', 422)));
    tasks.add({ ...input, tags: [] });
    await pass();
    tasks.resend();
    expect(tasks.adding.value).toMatchObject([{ state: 'refused', reason: 'Because.' }]);
    expect(calls.filter(({ route }) => route === 'POST /tasks')).toHaveLength(1);
    tasks.forgetAdding('key-1');
    expect(tasks.adding.value).toEqual([]);
  });

  test('says so when the list leaves the task out', async () => {
    const { tasks, answers, toasts } = setUp([]);
    tasks.show({ ...everythingOpen, tags: ['home'] });
    await pass();
    answers.set('POST /tasks', () => aTask({ id: 'bread', title: 'Bread' }));
    tasks.add({ ...input, tags: [] });
    await pass();
    expect(toasts.shown.value[0]?.text).toContain('leaves it out');
  });
});

describe('saving', () => {
  test('names the version it is meant for', async () => {
    const { tasks, answers, calls, titles } = setUp([rent]);
    await tasks.refresh();
    answers.set('PATCH /tasks/rent', () => ({ ...rent, title: 'The rent', version: 2 }));
    await tasks.save(rent, { title: 'The rent' });
    expect(titles()).toEqual(['The rent']);
    expect(calls.find(({ route }) => route === 'PATCH /tasks/rent')?.request).toMatchObject({
      body: { title: 'The rent' },
      headers: { 'if-match': '"1"' },
    });
  });

  test('that meets a newer version learns of it and says so', async () => {
    const { tasks, answers, titles } = setUp([rent]);
    await tasks.refresh();
    answers.set('PATCH /tasks/rent', () => Promise.reject(refusal('version_mismatch', 412)));
    answers.set('GET /tasks/rent', () => ({ ...rent, title: 'Theirs', version: 5 }));
    await expect(tasks.save(rent, { title: 'Mine' })).rejects.toMatchObject({
      problem: { code: 'version_mismatch' },
    });
    expect(titles()).toEqual(['Theirs']);
  });
});

describe('what comes over the socket', () => {
  test('takes its place in the list and is tinted for a while', async () => {
    const { tasks, titles } = setUp([milk]);
    await tasks.refresh();
    tasks.receive([change(rent)]);
    expect(titles()).toEqual(['Rent', 'Milk']);
    expect([...tasks.news.value]).toEqual(['rent']);
    await pass(3000);
    expect([...tasks.news.value]).toEqual([]);
  });

  test('isn’t undone by an older answer that was still under way', async () => {
    const { tasks, answers, titles } = setUp([]);
    const answer = later<unknown>();
    answers.set('GET /tasks', () => answer.promise);
    const reading = tasks.refresh();
    tasks.receive([
      change({ ...rent, title: 'New', version: 2 }),
      { kind: 'task', id: 'milk', version: 2, task: null },
    ]);
    answer.resolve({ items: [rent, milk], nextCursor: null });
    await reading;
    expect(titles()).toEqual(['New']);
  });
});

describe('a list that can’t be read', () => {
  test('says why, and can be tried again', async () => {
    const { tasks, answers, titles } = setUp([rent]);
    const works = answers.get('GET /tasks')!;
    answers.set('GET /tasks', () => Promise.reject(new Unreachable()));
    await tasks.refresh();
    expect(tasks.phase.value.is).toBe('failed');
    answers.set('GET /tasks', works);
    await tasks.refresh();
    expect(tasks.phase.value.is).toBe('ready');
    expect(titles()).toEqual(['Rent']);
  });

  test('stays as it was when it was there already', async () => {
    const { tasks, answers, titles } = setUp([rent]);
    await tasks.refresh();
    answers.set('GET /tasks', () => Promise.reject(new Unreachable()));
    await tasks.refresh();
    expect(tasks.phase.value.is).toBe('ready');
    expect(titles()).toEqual(['Rent']);
  });
});

test('somebody else who signs in sees nothing of it', async () => {
  const { tasks, titles } = setUp([rent]);
  await tasks.refresh();
  tasks.reset();
  expect(titles()).toEqual([]);
  expect(tasks.known.value.confirmed.size).toBe(0);
});
