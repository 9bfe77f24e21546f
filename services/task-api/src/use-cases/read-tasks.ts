import type { ListTasks, Page, TagCount, Task } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import type { Deps } from '../ports';
import { toSnapshot } from './announce';

/** @throws AppError `not_found` */
export const getTask: UseCase<Deps, { id: string }, Task> = ({ transaction }, actor, { id }) =>
  transaction(actor, async ({ tasks }) => toSnapshot(await tasks.get(id)));

/** @throws AppError `invalid_cursor` */
export const listTasks: UseCase<Deps, ListTasks, Page<Task>> = ({ transaction }, actor, query) =>
  transaction(actor, async ({ tasks }) => {
    const { items, nextCursor } = await tasks.list(query);
    return { items: items.map(toSnapshot), nextCursor };
  });

export const listTags: UseCase<Deps, unknown, { items: TagCount[] }> = ({ transaction }, actor) =>
  transaction(actor, async ({ tasks }) => ({ items: await tasks.tags() }));
