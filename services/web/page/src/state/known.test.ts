import type { Task } from '@almanac/contracts';
import { begin, changeTo, current, end, isBusy, learn, nothingKnown } from './known';
import { aTask } from './task.fixture';

const renamed = (title: string) => (task: Task) => ({ ...task, title });
const task = aTask({ version: 3 });
const known = learn(nothingKnown, [changeTo(task)]).known;
const gone = { kind: 'task', id: task.id, version: 4, task: null } as const;

describe('what this device knows of a task', () => {
  test('is the newest version, in whatever order answers and changes arrive', () => {
    const newer = aTask({ version: 5, title: 'Newer' });
    const { known: after, news } = learn(known, [
      changeTo(newer),
      changeTo(aTask({ version: 4, title: 'Older' })),
    ]);
    expect(current(after, task.id)).toBe(newer);
    expect([...news]).toEqual([task.id]);
    expect(learn(after, [changeTo(newer)])).toEqual({ known: after, news: new Set() });
  });

  test('stays gone when an older version comes late', () => {
    const after = learn(learn(known, [gone]).known, [changeTo(task)]).known;
    expect(current(after, task.id)).toBeNull();
  });

  test('shows a change before it is answered, and the old state when it failed', () => {
    const during = begin(known, task.id, 'op', renamed('New title'));
    expect(current(during, task.id)?.title).toBe('New title');
    expect(isBusy(during, task.id)).toBe(true);
    const after = end(during, task.id, 'op');
    expect(current(after, task.id)).toBe(task);
    expect(isBusy(after, task.id)).toBe(false);
  });

  test('keeps an unanswered change on top of what others do meanwhile', () => {
    const during = begin(known, task.id, 'op', renamed('Mine'));
    const { known: after } = learn(during, [changeTo(aTask({ version: 4, priority: 'high' }))]);
    expect(current(after, task.id)).toMatchObject({ title: 'Mine', priority: 'high' });
    expect(current(end(after, task.id, 'op'), task.id)).toMatchObject({
      title: task.title,
      priority: 'high',
    });
  });

  test('lets two unanswered changes end in either order', () => {
    let both = begin(known, task.id, 'first', renamed('First'));
    both = begin(both, task.id, 'second', (task) => ({ ...task, priority: 'low' }));
    expect(current(both, task.id)).toMatchObject({ title: 'First', priority: 'low' });
    expect(current(end(both, task.id, 'first'), task.id)).toMatchObject({
      title: task.title,
      priority: 'low',
    });
  });

  test('is nothing while a deletion is under way', () => {
    const during = begin(
      begin(known, task.id, 'delete', () => null),
      task.id,
      'op',
      renamed('Never'),
    );
    expect(current(during, task.id)).toBeNull();
    expect(current(known, 'unknown')).toBeNull();
  });
});
