import { countByDay, groupsOf, piecesOf } from './groups';
import { everythingOpen } from './query';
import { aTask, dueAt } from './task.fixture';

const zone = 'Europe/Berlin';
const today = '2026-11-21';
const titles = (query: Partial<typeof everythingOpen>, ...tasks: ReturnType<typeof aTask>[]) =>
  groupsOf(tasks, { ...everythingOpen, ...query }, today, zone).map(
    ({ title, tasks }) => `${title}: ${tasks.length}`,
  );

const due = (local: string) => aTask({ due: dueAt(local) });

describe('a list falls into groups', () => {
  test('by day when it is ordered by due time', () => {
    const tasks = [
      due('2026-11-18T09:00'),
      due('2026-11-20T09:00'),
      due('2026-11-21T09:00'),
      due('2026-11-22T09:00'),
      due('2026-11-30T09:00'),
      aTask(),
    ];
    expect(titles({}, ...tasks)).toEqual([
      'Overdue: 2',
      'Today: 1',
      'Tomorrow: 1',
      'Later in November: 1',
      'Whenever: 1',
    ]);
    expect(titles({ status: 'all' }, ...tasks)[0]).toBe('Earlier: 2');
  });

  test('by the day on the reader’s wall, wherever the task was written', () => {
    const task = aTask({
      due: { local: '2026-11-21T20:00', zone: 'America/New_York', at: '2026-11-22T01:00:00Z' },
    });
    expect(titles({}, task)).toEqual(['Tomorrow: 1']);
  });

  test('by what else it is ordered by', () => {
    expect(titles({ sort: 'priority' }, aTask({ priority: 'high' }), aTask({ priority: 'low' }))).toEqual([
      'High priority: 1',
      'Low priority: 1',
    ]);
    expect(
      titles({ sort: 'title' }, aTask({ title: 'äpfel' }), aTask({ title: 'Ähren' }), aTask({ title: '42' })),
    ).toEqual(['Ä: 2', '…: 1']);
    expect(titles({ sort: 'created' }, aTask(), aTask({ createdAt: '2026-03-01T10:00:00Z' }))).toEqual([
      'Added yesterday: 1',
      'Added in March 2026: 1',
    ]);
  });
});

test('a task that comes or goes touches one piece of its group only', () => {
  const tasks = ['b', '20', 'd', 'e', '40', 'f'].map((id) => aTask({ id }));
  const ids = (list: typeof tasks) => piecesOf(list).map(({ tasks }) => tasks.map(({ id }) => id).join(' '));
  expect(ids(tasks)).toEqual(['b', '20 d e', '40 f']);
  expect(ids(tasks.slice(1))).toEqual(['20 d e', '40 f']);
  expect(ids([aTask({ id: 'a' }), ...tasks])).toEqual(['a b', '20 d e', '40 f']);
  expect(piecesOf([])).toEqual([]);
});

test('a calendar marks the days on which something open is due', () => {
  const tasks = [
    due('2026-11-21T09:00'),
    due('2026-11-21T10:00'),
    aTask(),
    null,
    aTask({ due: dueAt('2026-11-22T09:00'), status: 'completed' }),
  ];
  expect([...countByDay(tasks, zone)]).toEqual([['2026-11-21', 2]]);
});
