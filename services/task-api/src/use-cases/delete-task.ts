import { taskDeleted } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import { touch } from '@almanac/tasks-domain';
import type { Deps, OneTask } from '../ports';
import { announce } from './announce';

/**
 * Deletes a task; for 30 days it can be restored.
 *
 * @throws AppError `not_found`; `version_mismatch` when `version` is given and isn't the current one
 */
export const deleteTask: UseCase<Deps, OneTask, void> = ({ transaction, clock }, actor, { id, version }) =>
  transaction(actor, async (unit) => {
    const now = clock.now();
    const task = touch(await unit.tasks.lock(id, version), now);
    await unit.tasks.delete(task, now);
    announce(unit, taskDeleted, task, false);
  });
