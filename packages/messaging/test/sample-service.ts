import type { EventDraft } from '@almanac/contracts';
import {
  createDataSource,
  createTransactions,
  grantUnderPolicies,
  type DatabaseConfig,
  type SchemaDefinition,
  type Session,
  type SystemTransaction,
} from '@almanac/database';
import { systemClock } from '@almanac/kernel';
import type { DataSource } from 'typeorm';
import { inboxOf, inboxTable, outboxOf, outboxTable, type Inbox, type Outbox } from '../src';

const role = 'almanac_counting';

/** A service that counts: it tells of each change of a counter, and keeps sums of what it is told. */
export const countingSchema: SchemaDefinition = {
  name: 'counting',
  role,
  migrations: [
    {
      number: 1,
      name: 'counters, totals, outbox and inbox',
      kind: 'expand',
      sql: `
        create table counting.counter (key text primary key, n int not null default 0);
        ${grantUnderPolicies('counting.counter', role, { others: { consumer: ['select', 'insert', 'update'] } })}
        create table counting.total (key text primary key, sum int not null, latest int not null);
        ${grantUnderPolicies('counting.total', role, { others: { consumer: ['select', 'insert', 'update'] } })}
        ${outboxTable('counting', role)}
        ${inboxTable('counting', role)}`,
    },
  ],
};

export interface UnitOfWork {
  readonly session: Session;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
}

export interface SampleService {
  readonly dataSource: DataSource;
  readonly transaction: SystemTransaction<UnitOfWork>;
  /** For its relay. */
  readonly system: SystemTransaction<Session>;
}

/** One process of the service. */
export async function startSampleService(
  config: DatabaseConfig,
  wake: () => void = () => undefined,
): Promise<SampleService> {
  const dataSource = await createDataSource(config, countingSchema.name).initialize();
  const { system: transaction } = createTransactions(dataSource, (session): UnitOfWork => ({
    session,
    outbox: outboxOf(session, { schema: 'counting', source: 'counting', clock: systemClock, wake }),
    inbox: inboxOf(session, 'counting'),
  }));
  const { system } = createTransactions(dataSource, (session) => session);
  return { dataSource, transaction, system };
}

export const counted = (key: string, n: number): EventDraft => ({
  type: 'sample.happened',
  version: 1,
  topic: 'task-events',
  key,
  entity: { type: 'counter', id: key },
  data: { n },
});
