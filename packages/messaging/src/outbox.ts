import type { EventDraft } from '@almanac/contracts';
import { grantUnderPolicies, type Session } from '@almanac/database';
import type { Clock } from '@almanac/kernel';
import { toCloudEvent } from './envelope';
import { hash32 } from './hash';

/**
 * Keys are spread over this many lanes; a relay works a lane at a time, which keeps the order of
 * each key with any number of relays.
 */
export const lanes = 16;

/** Events to tell if, and only if, the transaction commits. */
export interface Outbox {
  add(...drafts: EventDraft[]): void;
}

export interface OutboxOptions {
  readonly schema: string;
  readonly source: string;
  readonly clock: Clock;
  /** Called after the commit: wakes the relay. */
  readonly wake: () => void;
}

/**
 * The outbox of one transaction. Its rows are written last, in one statement: at that point the
 * transaction holds the locks on all rows it changed, so that two transactions on one key number
 * their events in the order of their commits.
 */
export function outboxOf(session: Session, { schema, source, clock, wake }: OutboxOptions): Outbox {
  const drafts: EventDraft[] = [];
  session.beforeCommit(async () => {
    if (drafts.length === 0) return;
    const origin = { source, time: clock.now(), userId: session.userId, actorId: session.actor?.id ?? null };
    await session.query(
      `insert into ${schema}.outbox (lane, topic, key, event)
       select * from unnest($1::smallint[], $2::text[], $3::text[], $4::json[])`,
      [
        drafts.map(({ key }) => hash32(key) % lanes),
        drafts.map(({ topic }) => topic),
        drafts.map(({ key }) => key),
        drafts.map((draft) => JSON.stringify(toCloudEvent(draft, origin))),
      ],
    );
    session.afterCommit(wake);
  });
  return { add: (...more) => void drafts.push(...more) };
}

/**
 * The SQL of a service's outbox, for its first migration. Everybody in the service may add; only the
 * relay reads and deletes.
 */
export const outboxTable = (schema: string, role: string): string => `
  create table ${schema}.outbox (
    id bigint generated always as identity primary key,
    lane smallint not null, topic text not null, key text not null, event json not null,
    created_at timestamptz not null default now());
  ${grantUnderPolicies(`${schema}.outbox`, role, { others: { relay: ['select', 'delete'] } })}
  create policy "anybody insert" on ${schema}.outbox for insert to ${role} with check (true);
  grant insert on ${schema}.outbox to ${role};`;
