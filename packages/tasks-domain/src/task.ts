import type { Instant } from '@almanac/kernel';
import { dueAt, type Due, type WallTime } from './due';

export type Priority = 'high' | 'medium' | 'low';

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: 'open' | 'completed';
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly due: Due | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly completedAt: Instant | null;
  /** Grows by one with each change. */
  readonly version: number;
}

/** What a person decides about a task. */
export interface TaskDetails {
  readonly title: string;
  readonly description: string;
  readonly priority: Priority;
  readonly tags: readonly string[];
  readonly due: WallTime | null;
}

export const create = (id: string, { due, ...details }: TaskDetails, now: Instant): Task => ({
  id,
  ...details,
  status: 'open',
  due: due && dueAt(due),
  createdAt: now,
  updatedAt: now,
  completedAt: null,
  version: 1,
});

/** What a person changes; what is left out stays as it is. */
export type TaskChanges = { readonly [Detail in keyof TaskDetails]?: TaskDetails[Detail] | undefined };

export const edit = (task: Task, changes: TaskChanges, now: Instant): Task =>
  changed(
    {
      ...task,
      title: changes.title ?? task.title,
      description: changes.description ?? task.description,
      priority: changes.priority ?? task.priority,
      tags: changes.tags ?? task.tags,
      due: changes.due === undefined ? task.due : changes.due && dueAt(changes.due),
    },
    now,
  );

export const complete = (task: Task, now: Instant): Task =>
  changed({ ...task, status: 'completed', completedAt: now }, now);

export const reopen = (task: Task, now: Instant): Task =>
  changed({ ...task, status: 'open', completedAt: null }, now);

/** The task as it is after a change that its fields don't show: deletion and restoration. */
export const touch = (task: Task, now: Instant): Task => changed(task, now);

const changed = (task: Task, now: Instant): Task => ({ ...task, updatedAt: now, version: task.version + 1 });
