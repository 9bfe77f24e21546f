import { complete, create, edit, reopen, touch, type TaskDetails } from '../src';

const details: TaskDetails = {
  title: 'Water the plants',
  description: 'All of them',
  priority: 'high',
  tags: ['home'],
  due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin' },
};
const [monday, tuesday, wednesday] = ['2026-11-16', '2026-11-17', '2026-11-18'].map(
  (day) => `${day}T08:00:00.000Z`,
) as [string, string, string];
const task = create('01a1fdcb-18ec-7004-a815-2f5b3a1c9d10', details, monday);

test('a new task is open, at version 1, and knows the instant it is due', () => {
  expect(task).toEqual({
    ...details,
    id: '01a1fdcb-18ec-7004-a815-2f5b3a1c9d10',
    status: 'open',
    due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin', at: '2026-11-21T17:00:00.000Z' },
    createdAt: monday,
    updatedAt: monday,
    completedAt: null,
    version: 1,
  });
});

test('a task need not be due', () => {
  expect(create(task.id, { ...details, due: null }, monday).due).toBeNull();
});

test('what an edit leaves out stays as it is', () => {
  expect(edit(task, { title: 'Water the cactus' }, tuesday)).toEqual({
    ...task,
    title: 'Water the cactus',
    updatedAt: tuesday,
    version: 2,
  });
  expect(edit(task, { description: '', tags: [], priority: 'low' }, tuesday)).toMatchObject({
    title: task.title,
    description: '',
    tags: [],
    priority: 'low',
    due: task.due,
  });
});

test('a due time can be moved and taken away', () => {
  const moved = edit(task, { due: { local: '2026-11-21T18:00', zone: 'Asia/Tokyo' } }, tuesday);
  expect(moved.due?.at).toBe('2026-11-21T09:00:00.000Z');
  expect(edit(moved, { due: null }, wednesday).due).toBeNull();
});

test('a completed task says since when, and forgets it when it is reopened', () => {
  const completed = complete(task, tuesday);
  expect(completed).toMatchObject({ status: 'completed', completedAt: tuesday, version: 2 });
  expect(reopen(completed, wednesday)).toEqual({ ...task, updatedAt: wednesday, version: 3 });
});

test('a change that no field shows makes a new version all the same', () => {
  expect(touch(task, tuesday)).toEqual({ ...task, updatedAt: tuesday, version: 2 });
});
