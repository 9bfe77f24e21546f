import { taskUpdated, type Task } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import { reopen } from '@almanac/tasks-domain';
import type { Deps, OneTask } from '../ports';
import { announce, toSnapshot } from './announce';

/**
 * Makes a completed task open again; an open one stays as it is.
 *
 * @throws AppError `not_found`; `version_mismatch` when `version` is given and isn't the current one
 */
export const reopenTask: UseCase<Deps, OneTask, Task> = ({ transaction, clock }, actor, { id, version }) =>
  transaction(actor, async (unit) => {
    const task = await unit.tasks.lock(id, version);
    if (task.status === 'open') return toSnapshot(task);
    const reopened = reopen(task, clock.now());
    await unit.tasks.update(reopened);
    return announce(unit, taskUpdated, reopened);
  });
