import { taskCompleted, type Task } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import { complete } from '@almanac/tasks-domain';
import type { Deps, OneTask } from '../ports';
import { announce, toSnapshot } from './announce';

/**
 * Completes a task and announces it in the same transaction.
 *
 * Completing a completed task is not an error: the caller's wish is already true, and no second
 * event may start a second occurrence.
 *
 * @throws AppError `not_found`; `version_mismatch` when `version` is given and isn't the current one
 */
export const completeTask: UseCase<Deps, OneTask, Task> = ({ transaction, clock }, actor, { id, version }) =>
  transaction(actor, async (unit) => {
    const task = await unit.tasks.lock(id, version);
    if (task.status === 'completed') return toSnapshot(task);
    const completed = complete(task, clock.now());
    await unit.tasks.update(completed);
    return announce(unit, taskCompleted, completed);
  });
