import { taskUpdated, type Task, type UpdateTask } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import { edit } from '@almanac/tasks-domain';
import type { Deps } from '../ports';
import { announce } from './announce';

/**
 * Changes what is given of a task.
 *
 * @throws AppError `not_found`; `version_mismatch` when somebody else changed it since
 */
export const updateTask: UseCase<Deps, UpdateTask & { id: string; version: number }, Task> = (
  { transaction, clock },
  actor,
  { id, version, ...changes },
) =>
  transaction(actor, async (unit) => {
    const task = edit(await unit.tasks.lock(id, version), changes, clock.now());
    await unit.tasks.update(task);
    return announce(unit, taskUpdated, task);
  });
