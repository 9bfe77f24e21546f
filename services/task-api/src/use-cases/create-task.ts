import { taskCreated, type CreateTask, type Task } from '@almanac/contracts';
import { newId, type UseCase } from '@almanac/kernel';
import { create } from '@almanac/tasks-domain';
import type { Deps } from '../ports';
import { announce } from './announce';

/** Creates an open task. */
export const createTask: UseCase<Deps, CreateTask, Task> = ({ transaction, clock }, actor, details) =>
  transaction(actor, async (unit) => {
    const task = create(newId(), details, clock.now());
    await unit.tasks.insert(task);
    return announce(unit, taskCreated, task);
  });
