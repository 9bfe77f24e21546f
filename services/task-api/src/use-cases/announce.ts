import { taskUpdate, type EventDraft, type Task as TaskSnapshot } from '@almanac/contracts';
import type { Task } from '@almanac/tasks-domain';
import type { UnitOfWork } from '../ports';

/** A task as the contracts have it: what callers get and events carry. */
export const toSnapshot = (task: Task): TaskSnapshot => ({ ...task, tags: [...task.tags] });

/**
 * Tells what happened to a task, and to the user's other devices what to show now.
 *
 * Two events, as they have two orders: of the task for its history, of the user for their screens.
 *
 * @param shown false when the task is to vanish from the screens
 */
export function announce(
  { outbox, userId }: UnitOfWork,
  event: (snapshot: TaskSnapshot) => EventDraft,
  task: Task,
  shown = true,
): TaskSnapshot {
  const snapshot = toSnapshot(task);
  outbox.add(
    event(snapshot),
    taskUpdate({ userId, taskId: task.id, version: task.version, task: shown ? snapshot : null }),
  );
  return snapshot;
}
