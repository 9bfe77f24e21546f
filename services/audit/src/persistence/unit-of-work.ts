import { createTransactions, type Session } from '@almanac/database';
import { outboxOf, type OutboxOptions } from '@almanac/messaging';
import type { DataSource } from 'typeorm';
import type { Deps } from '../ports';
import { auditLogRepository } from './audit-log.repository';

export function createPersistence(
  dataSource: DataSource,
  outbox: Pick<OutboxOptions, 'clock' | 'wake'>,
): Deps & { readonly sessions: ReturnType<typeof createTransactions<Session>>['system'] } {
  const { transaction, system } = createTransactions(dataSource, (session) => ({
    log: auditLogRepository(session),
    outbox: outboxOf(session, { ...outbox, schema: 'audit', source: 'audit' }),
  }));
  return { transaction, system, sessions: createTransactions(dataSource, (session) => session).system };
}
