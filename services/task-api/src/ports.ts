import type { ListTasks, Page, TagCount } from '@almanac/contracts';
import type { Transaction } from '@almanac/database';
import type { Clock, Instant } from '@almanac/kernel';
import type { Outbox } from '@almanac/messaging';
import type { IdempotencyKeys } from '@almanac/service-kit';
import type { Task } from '@almanac/tasks-domain';

/** The tasks of the user whose transaction it is. */
export interface Tasks {
  /**
   * One task, locked until the end of the transaction.
   * @throws AppError `not_found`, or `version_mismatch` when `version` is given and isn't the current one
   */
  lock(id: string, version?: number): Promise<Task>;
  /** @throws AppError `not_found` */
  get(id: string): Promise<Task>;
  /** A deleted one, locked. @throws AppError `not_found` */
  lockDeleted(id: string): Promise<Task>;
  list(query: ListTasks): Promise<Page<Task>>;
  tags(): Promise<TagCount[]>;
  insert(task: Task): Promise<void>;
  update(task: Task): Promise<void>;
  /** Hides a task; `purgeDeleted` removes it for good after 30 days. */
  delete(task: Task, at: Instant): Promise<void>;
  restore(task: Task): Promise<void>;
}

export interface UnitOfWork {
  readonly tasks: Tasks;
  readonly outbox: Outbox;
  readonly idempotency: IdempotencyKeys;
  /** Whose transaction it is. */
  readonly userId: string;
}

export interface Deps {
  readonly transaction: Transaction<UnitOfWork>;
  readonly clock: Clock;
}

/** Which task, and optionally which version of it. */
export interface OneTask {
  readonly id: string;
  readonly version?: number | undefined;
}

/** What is removed after a while, of all users. */
export interface Housekeeping {
  removeDeleted(before: Instant): Promise<void>;
  removeIdempotencyKeys(before: Instant): Promise<void>;
}
