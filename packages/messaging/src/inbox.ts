import { grantUnderPolicies, type Session } from '@almanac/database';

/** Remembers, in the transaction of an effect, which events had theirs. */
export interface Inbox {
  /** Whether this is the first time here; false means the effect is already there. */
  first(consumer: string, eventId: string): Promise<boolean>;
}

export const inboxOf = (session: Session, schema: string): Inbox => ({
  first: async (consumer, eventId) =>
    (
      await session.query(
        `insert into ${schema}.inbox (consumer, event_id) values ($1, $2) on conflict do nothing returning 1`,
        [consumer, eventId],
      )
    ).length === 1,
});

/** The SQL of a service's inbox, for its first migration. Entries are kept longer than any redelivery: see the sweep. */
export const inboxTable = (schema: string, role: string): string => `
  create table ${schema}.inbox (
    consumer text not null, event_id uuid not null, at timestamptz not null default now(),
    primary key (consumer, event_id));
  create index on ${schema}.inbox (at);
  ${grantUnderPolicies(`${schema}.inbox`, role, { others: { consumer: ['select', 'insert'], sweep: ['select', 'delete'] } })}`;
