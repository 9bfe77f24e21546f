import {
  CreateTask,
  DueInput,
  ListTasks,
  Tag,
  taskCreated,
  taskUpdate,
  Title,
  UpdateTask,
  Zone,
} from '../src';

const messagesOf = (result: { error?: { issues: readonly { message: string }[] } | undefined }) =>
  result.error?.issues.map(({ message }) => message) ?? [];

test('a task needs a title and nothing else', () => {
  expect(CreateTask.parse({ title: ' Water the plants ' })).toEqual({
    title: 'Water the plants',
    description: '',
    priority: 'medium',
    tags: [],
    due: null,
  });
});

test('tags are one however they are written', () => {
  expect(CreateTask.parse({ title: 'x', tags: ['Home', ' home ', 'HOME', 'garden'] }).tags).toEqual([
    'home',
    'garden',
  ]);
});

test.each(['two words', 'a,b', '#home', '', ' ', 'x'.repeat(51)])('%j is no tag', (tag) => {
  expect(Tag.safeParse(tag).success).toBe(false);
});

test.each([
  ['nothing', ''],
  ['spaces only', ' \t '],
  ['501 characters', 'x'.repeat(501)],
  ['U+0000', 'a\u0000b'],
  ['an escape character', '\u001b[31mred'],
  ['half a surrogate pair', 'a\ud800b'],
])('a title of %s is refused', (_what, title) => {
  expect(Title.safeParse(title).success).toBe(false);
});

test.each(['🎉', 'naïve café', 'line\nline', '‮right to left', '𝄞'.repeat(250)])(
  '%j may be a title',
  (title) => {
    expect(Title.parse(title)).toBe(title);
  },
);

test('a change must change something', () => {
  expect(messagesOf(UpdateTask.safeParse({}))).toEqual(['must change something']);
  expect(UpdateTask.parse({ due: null })).toEqual({ due: null });
});

describe('a due time', () => {
  const isDue = (local: string) => DueInput.safeParse({ local, zone: 'Europe/Berlin' }).success;

  test.each(['2026-11-21T09:30', '2028-02-29T00:00', '1900-01-01T00:00', '2999-12-31T23:59'])(
    '%s can be meant',
    (local) => {
      expect(isDue(local)).toBe(true);
    },
  );

  test.each([
    '2026-11-21',
    '2026-11-21T09:30Z',
    '2026-11-21T09:30+01:00',
    '2026-11-21T09:30:00',
    '2026-11-21 09:30',
    '2026-02-30T09:30',
    '2027-02-29T09:30',
    '2026-13-01T09:30',
    '2026-11-21T24:00',
    '2026-11-21T25:00',
    '0000-01-01T00:00',
    '1899-12-31T23:59',
    '3000-01-01T00:00',
    '9999-12-31T23:59',
    '+010000-01-01T00:00',
  ])('%s is refused', (local) => {
    expect(isDue(local)).toBe(false);
  });
});

describe('a zone', () => {
  test.each(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia', 'Asia/Calcutta', 'EST5EDT'])(
    '%s is one',
    (zone) => {
      expect(Zone.parse(zone)).toBe(zone);
    },
  );

  test.each(['', 'Mars/Olympus', '+02:00', 'GMT+2', 'AST', 'ist', 'Europe/Berlin ', 'x'.repeat(65)])(
    '%j is none',
    (zone) => {
      expect(Zone.safeParse(zone).success).toBe(false);
    },
  );
});

test('a list has a size and an order also when nothing is said', () => {
  expect(ListTasks.parse({})).toEqual({ limit: 50, sort: 'created' });
});

test('a parameter that may be repeated may also come once', () => {
  expect(ListTasks.parse({ priority: 'high', tag: ['Home', 'garden'] })).toMatchObject({
    priority: ['high'],
    tag: ['home', 'garden'],
  });
});

test('events of a task are in order by task, those for the screens by user', () => {
  const task = {
    id: '01a1fdcb-18ec-7004-a815-2f5b3a1c9d10',
    ...CreateTask.parse({ title: 'x' }),
    due: null,
    status: 'open' as const,
    createdAt: '2026-11-21T09:30:00.000Z',
    updatedAt: '2026-11-21T09:30:00.000Z',
    completedAt: null,
    version: 1,
  };
  const userId = '01a1fdcb-18ec-7004-a815-000000000001';
  expect(taskCreated(task)).toEqual({
    type: 'task.created',
    version: 1,
    topic: 'task-events',
    key: task.id,
    entity: { type: 'task', id: task.id },
    data: task,
  });
  expect(taskUpdate({ userId, taskId: task.id, version: 1, task })).toMatchObject({
    topic: 'task-updates',
    key: userId,
    entity: { type: 'task', id: task.id },
  });
});
