import type { Task } from '@almanac/contracts';
import {
  boundsOf,
  comparator,
  everythingOpen,
  isNarrowed,
  matches,
  readQuery,
  toParams,
  writeQuery,
  type Query,
} from './query';
import { aTask, dueAt } from './task.fixture';

const zone = 'Europe/Berlin';
const now = Date.parse('2026-11-21T10:00:00Z');
const query = (change: Partial<Query>): Query => ({ ...everythingOpen, ...change });
const fits = (change: Partial<Query>, task: Partial<Task>) => matches(query(change), aTask(task), now, zone);

describe('the address of a list', () => {
  test('is empty for the usual one, and says only what differs', () => {
    expect(writeQuery(everythingOpen)).toBe('');
    expect(writeQuery(query({ status: 'all', tags: ['home', 'büro'], sort: 'title', reversed: true }))).toBe(
      'status=all&sort=title&tag=home&tag=b%C3%BCro&reversed',
    );
  });

  test.each([
    query({}),
    query({ status: 'completed', priority: ['high', 'low'], q: 'rent & heating', due: 'week' }),
    query({ tags: ['a', 'b'], due: '2026-11-21..2026-11-30', sort: 'priority', reversed: true }),
  ])('reads as it was written: %j', (wanted) => {
    expect(readQuery(writeQuery(wanted))).toEqual(wanted);
  });

  test('may be nonsense, which is left out', () => {
    expect(readQuery('status=late&due=soon&sort=colour&priority=urgent&x=1')).toEqual(everythingOpen);
    expect(readQuery('due=2026-13-45')).toEqual(everythingOpen);
  });

  test('becomes the question to the API, days as instants of the user’s zone', () => {
    const params = toParams(query({ due: '2026-11-21', priority: ['high'], q: ' rent ' }), now, zone);
    expect(Object.fromEntries(params)).toEqual({
      status: 'open',
      sort: 'due',
      order: 'asc',
      q: 'rent',
      priority: 'high',
      dueFrom: '2026-11-20T23:00:00.000Z',
      dueTo: '2026-11-21T23:00:00.000Z',
    });
    expect(toParams(query({ sort: 'created' }), now, zone).get('order')).toBe('desc');
  });
});

describe('a task belongs into the list', () => {
  test('by status, priority and all of the tags', () => {
    expect(fits({}, { status: 'completed' })).toBe(false);
    expect(fits({ status: 'all' }, { status: 'completed' })).toBe(true);
    expect(fits({ priority: ['high', 'low'] }, { priority: 'medium' })).toBe(false);
    expect(fits({ tags: ['a', 'b'] }, { tags: ['a', 'b', 'c'] })).toBe(true);
    expect(fits({ tags: ['a', 'b'] }, { tags: ['a'] })).toBe(false);
  });

  test('by its due time: from the first instant on, before the last', () => {
    expect(fits({ due: 'today' }, { due: dueAt('2026-11-21T00:00') })).toBe(true);
    expect(fits({ due: 'today' }, { due: dueAt('2026-11-22T00:00') })).toBe(false);
    expect(fits({ due: 'overdue' }, { due: dueAt('2026-11-21T10:59') })).toBe(true);
    expect(fits({ due: 'overdue' }, { due: dueAt('2026-11-21T11:00') })).toBe(false);
    expect(fits({ due: 'week' }, { due: null })).toBe(false);
    expect(fits({ due: '2026-11-23..2026-11-24' }, { due: dueAt('2026-11-24T23:59') })).toBe(true);
  });

  test('by words of title, notes and tags, the last perhaps unfinished', () => {
    const task = { title: 'Pay the Rent', description: 'by transfer', tags: ['home'] };
    expect(fits({ q: 'rent hom' }, task)).toBe(true);
    expect(fits({ q: 'hom rent' }, task)).toBe(false);
    expect(fits({ q: 'TRANSFER' }, task)).toBe(true);
    expect(fits({ q: 'ent' }, task)).toBe(false);
    expect(fits({ q: ' … ' }, task)).toBe(true);
  });
});

test('a week is seven days, today among them', () => {
  expect(boundsOf('week', now, zone)).toEqual({
    from: '2026-11-20T23:00:00.000Z',
    to: '2026-11-27T23:00:00.000Z',
  });
});

test('a list is narrowed by anything but status and order', () => {
  expect(isNarrowed(query({ status: 'completed', sort: 'title' }))).toBe(false);
  expect(isNarrowed(query({ q: 'rent' }))).toBe(true);
});

describe('tasks are ordered', () => {
  const order = (change: Partial<Query>, ...tasks: Task[]) =>
    tasks
      .sort(comparator(query(change)))
      .map(({ title }) => title)
      .join(' ');
  const a = aTask({
    id: '1',
    title: 'a',
    due: dueAt('2026-11-23T09:00'),
    priority: 'low',
    createdAt: '2026-11-01T00:00:00.000Z',
  });
  const b = aTask({
    id: '2',
    title: 'B',
    due: dueAt('2026-11-22T09:00'),
    priority: 'high',
    createdAt: '2026-11-02T00:00:00.000Z',
  });
  const c = aTask({
    id: '3',
    title: 'c',
    due: null,
    priority: 'medium',
    createdAt: '2026-11-03T00:00:00.000Z',
  });

  test('by due time, those without as if they were never due', () => {
    expect(order({ sort: 'due' }, c, a, b)).toBe('B a c');
    expect(order({ sort: 'due', reversed: true }, c, b, a)).toBe('c a B');
  });

  test('by priority, by title whatever the case, newest first', () => {
    expect(order({ sort: 'priority' }, a, b, c)).toBe('B c a');
    expect(order({ sort: 'title' }, c, b, a)).toBe('a B c');
    expect(order({ sort: 'created' }, a, b, c)).toBe('c B a');
  });
});
