import type { Task } from '@almanac/contracts';
import { append, emptyList, fromPage, merge, sweep, type Rules, type TaskList } from './task-list';
import { aTask } from './task.fixture';

const task = (title: string, change: Partial<Task> = {}) =>
  aTask({ id: title.toLowerCase(), title, ...change });
const rules: Rules = {
  matches: ({ status }) => status === 'open',
  compare: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
};
const list = (titles: string, nextCursor: string | null = null): TaskList =>
  fromPage({ items: titles.split('').map((title) => task(title)), nextCursor });
const changes = (...tasks: (Task | [string, null])[]) =>
  new Map(tasks.map((entry) => (Array.isArray(entry) ? entry : ([entry.id, entry] as const))));
const titles = ({ items }: TaskList) => items.map(({ title }) => title).join('');

describe('a change that arrives', () => {
  test('goes where the order wants it', () => {
    expect(titles(merge(list('ACE'), changes(task('D'), task('B'), task('F')), rules))).toBe('ABCDEF');
  });

  test('moves a task whose place it changes, and leaves the others as the server had them', () => {
    const unsorted = { ...list('CAB'), nextCursor: null };
    const after = merge(unsorted, changes(task('A', { priority: 'high' })), rules);
    expect(titles(after)).toBe('CAB');
    expect(after.items[1]!.priority).toBe('high');
    expect(titles(merge(list('ACE'), changes({ ...task('A'), title: 'D' }), rules))).toBe('CDE');
  });

  test('takes a task out that is gone or matches no more', () => {
    expect(titles(merge(list('ABC'), changes(['b', null], task('C', { status: 'completed' })), rules))).toBe(
      'A',
    );
  });

  test('waits for its page when it belongs behind what is loaded', () => {
    expect(titles(merge(list('AC', 'more'), changes(task('B'), task('D')), rules))).toBe('ABC');
    expect(titles(merge(list('AC'), changes(task('B'), task('D')), rules))).toBe('ABCD');
  });

  test('leaves a list alone that it doesn’t concern', () => {
    expect(titles(merge(list('AB'), changes(task('X', { status: 'completed' }), ['y', null]), rules))).toBe(
      'AB',
    );
    expect(titles(merge(emptyList, changes(), rules))).toBe('');
  });
});

describe('a completed task', () => {
  const done = task('B', { status: 'completed' });
  const lingering = merge(list('ABC'), changes(done), rules, true);

  test('keeps its place for a moment, then goes', () => {
    expect(lingering.items[1]).toBe(done);
    expect(titles(sweep(lingering, new Set(['b'])))).toBe('AC');
  });

  test('keeps it also while the server confirms', () => {
    expect(titles(merge(lingering, changes({ ...done, version: 2 }), rules))).toBe('ABC');
  });

  test('stays when it is reopened before it went', () => {
    const reopened = merge(lingering, changes(task('B')), rules);
    expect(titles(sweep(reopened, new Set(['b'])))).toBe('ABC');
  });

  test('that is deleted goes at once', () => {
    expect(titles(merge(lingering, changes(['b', null]), rules, true))).toBe('AC');
  });
});

test('a task that moved between two pages is shown once', () => {
  const after = append(list('ABC', 'more'), { items: [task('B'), task('D')], nextCursor: null });
  expect(titles(after)).toBe('ACBD');
  expect(after.nextCursor).toBeNull();
});

test('ten thousand changes to five thousand tasks are merged within a frame or two', () => {
  const many = fromPage({
    items: Array.from({ length: 5000 }, (_, n) => task(String(n * 2).padStart(5, '0'))),
    nextCursor: null,
  });
  const arriving = changes(
    ...Array.from({ length: 10_000 }, (_, n) => task(String(n).padStart(5, '0'), { version: 2 })),
  );
  const start = performance.now();
  const after = merge(many, arriving, rules);
  expect(performance.now() - start).toBeLessThan(200);
  expect(after.items).toHaveLength(10_000);
  expect(after.items.every(({ version }) => version === 2)).toBe(true);
});
