import type { AuditEntry, Task } from '@almanac/contracts';
import { isTold, predecessors, tell } from './sentences';

const me = 'b5a0a5b8-8a53-4d3c-9d6e-1f0f6f1c0a01';
const reader = { id: me, zone: 'Europe/Berlin', today: '2026-11-21' };
const task: Task = {
  id: '0193f0a0-0000-7000-8000-000000000001',
  title: 'Pay rent',
  description: '',
  status: 'open',
  priority: 'medium',
  tags: [],
  due: null,
  createdAt: '2026-11-20T10:00:00Z',
  updatedAt: '2026-11-20T10:00:00Z',
  completedAt: null,
  version: 1,
};
const due = { local: '2026-11-22T09:00', zone: 'Europe/Berlin', at: '2026-11-22T08:00:00Z' };

let sequence = 0;
const entry = (type: string, change: Partial<Task> = {}, actorId: string | null = me): AuditEntry => ({
  sequence: ++sequence,
  eventId: task.id,
  type,
  at: '2026-11-21T10:00:00Z',
  userId: me,
  actorId,
  entity: { type: 'task', id: task.id },
  data: { ...task, ...change },
  traceId: null,
  hash: '',
});
const read = (now: AuditEntry, before?: AuditEntry): string => {
  const { before: start, title, after } = tell(now, before, reader);
  return [start, title && `‘${title}’`, after].filter(Boolean).join(' ');
};

describe('the activity reads', () => {
  test.each([
    [entry('task.created'), 'You added ‘Pay rent’'],
    [entry('task.created', { due }), 'You added ‘Pay rent’ for tomorrow, 09:00'],
    [entry('task.completed'), 'You completed ‘Pay rent’'],
    [entry('task.deleted'), 'You deleted ‘Pay rent’'],
    [entry('task.completed', {}, null), 'Almanac completed ‘Pay rent’'],
    [entry('task.completed', {}, 'another'), 'Somebody else completed ‘Pay rent’'],
    [entry('task.updated'), 'You changed ‘Pay rent’'],
    [{ ...entry('budget.exceeded'), data: null }, 'Budget exceeded'],
  ])('%#', (now, sentence) => {
    expect(read(now)).toBe(sentence);
  });

  test.each([
    [{ title: 'Pay the rent' }, 'You renamed ‘Pay rent’ to ‘Pay the rent’'],
    [{ due }, 'You set ‘Pay rent’ for tomorrow, 09:00'],
    [{ priority: 'high' as const }, 'You gave ‘Pay rent’ high priority'],
    [{ tags: ['home', 'money'] }, 'You tagged ‘Pay rent’ #home and #money'],
    [{ description: 'By transfer.' }, 'You changed the notes of ‘Pay rent’'],
    [{ due, tags: ['home'], title: 'Rent' }, 'You changed ‘Rent’ (title, due time and tags)'],
  ])('what changed, seen against the entry before: %j', (change, sentence) => {
    expect(read(entry('task.updated', change), entry('task.created'))).toBe(sentence);
  });

  test('what was taken away', () => {
    const before = entry('task.created', { due, tags: ['home'] });
    expect(read(entry('task.updated', { tags: ['home'] }), before)).toBe(
      'You took the due time off ‘Pay rent’',
    );
    expect(read(entry('task.updated', { due }), before)).toBe('You took #home off ‘Pay rent’');
    expect(read(entry('task.updated', { due, tags: ['work'] }), before)).toBe(
      'You tagged ‘Pay rent’ #work instead of #home',
    );
    expect(
      read(
        entry('task.updated', {
          due: { ...due, at: '2026-11-30T08:00:00Z', local: '2026-11-30T09:00' },
          tags: ['home'],
        }),
        before,
      ),
    ).toBe('You moved ‘Pay rent’ to 30 November, 09:00');
  });

  test('a plan of days gone by with its date', () => {
    const due = { local: '2026-11-20T09:00', zone: 'Europe/Berlin', at: '2026-11-20T08:00:00Z' };
    expect(read(entry('task.created', { due }))).toBe('You added ‘Pay rent’ for 20 November, 09:00');
  });

  test('that a task came back', () => {
    expect(read(entry('task.updated'), entry('task.deleted'))).toBe('You brought back ‘Pay rent’');
    expect(read(entry('task.updated'), entry('task.completed', { status: 'completed' }))).toBe(
      'You reopened ‘Pay rent’',
    );
  });

  test('nothing of what the machinery says to itself', () => {
    expect([entry('task.update'), entry('audit.head'), entry('task.created')].filter(isTold)).toHaveLength(1);
  });
});

test('each entry finds the one before it of the same task', () => {
  const other = { ...entry('task.created'), entity: { type: 'task', id: 'other' } };
  const [newest, middle, oldest] = [entry('task.deleted'), entry('task.updated'), entry('task.created')];
  const found = predecessors([newest, other, middle, oldest]);
  expect(found.get(newest)).toBe(middle);
  expect(found.get(middle)).toBe(oldest);
  expect(found.has(oldest)).toBe(false);
  expect(found.has(other)).toBe(false);
});
