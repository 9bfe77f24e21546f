import { taskUpdated, type Task } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import { touch } from '@almanac/tasks-domain';
import type { Deps } from '../ports';
import { announce } from './announce';

/**
 * Brings a deleted task back as it was.
 *
 * @throws AppError `not_found` when no such task was deleted in the last 30 days
 */
export const restoreTask: UseCase<Deps, { id: string }, Task> = ({ transaction, clock }, actor, { id }) =>
  transaction(actor, async (unit) => {
    const task = touch(await unit.tasks.lockDeleted(id), clock.now());
    await unit.tasks.restore(task);
    return announce(unit, taskUpdated, task);
  });
