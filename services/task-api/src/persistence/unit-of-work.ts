import {
  createTransactions,
  type Session,
  type SystemTransaction,
  type Transaction,
} from '@almanac/database';
import { outboxOf, type OutboxOptions } from '@almanac/messaging';
import { idempotencyKeysOf } from '@almanac/service-kit';
import type { DataSource } from 'typeorm';
import type { Housekeeping, UnitOfWork } from '../ports';
import { taskRepository } from './task.repository';

export interface Persistence {
  readonly transaction: Transaction<UnitOfWork>;
  readonly system: SystemTransaction<Session>;
  readonly housekeeping: Housekeeping;
}

export function createPersistence(
  dataSource: DataSource,
  outbox: Omit<OutboxOptions, 'schema' | 'source'>,
): Persistence {
  const { transaction } = createTransactions(dataSource, (session): UnitOfWork => ({
    tasks: taskRepository(session),
    outbox: outboxOf(session, { ...outbox, schema: 'task_api', source: 'task-api' }),
    idempotency: idempotencyKeysOf(session, 'task_api'),
    userId: session.userId!,
  }));
  const { system } = createTransactions(dataSource, (session) => session);
  const remove = (table: string, column: string) => (before: string) =>
    system('sweep', async (session) => {
      await session.query(`delete from task_api.${table} where ${column} < $1`, [before]);
    });
  return {
    transaction,
    system,
    housekeeping: {
      removeDeleted: remove('task', 'deleted_at'),
      removeIdempotencyKeys: remove('idempotency_key', 'at'),
    },
  };
}
