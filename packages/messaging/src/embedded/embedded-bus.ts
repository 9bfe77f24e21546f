import { topics, type CloudEvent, type Topic } from '@almanac/contracts';
import { createListener, createNotifier } from '@almanac/database';
import { isId } from '@almanac/kernel';
import type { Pool } from 'pg';
import type { DeadLetter, DeadLetters } from '../dead-letters';
import type { EventBus, EventLog, Message, Running } from '../event-bus';
import { hash32 } from '../hash';
import { defaultRetry, type RetryPolicy } from '../retry';
import { createPool, type Connection } from './connections';
import { joinGroup } from './group';

export interface EmbeddedBusOptions {
  readonly connection: Connection;
  /** Connections for handling. Publishing has up to four of its own, and one more listens. */
  readonly poolSize?: number;
  readonly retry?: RetryPolicy;
  /** Milliseconds between looks when no notification comes. */
  readonly pollEvery?: number;
  readonly onError?: (error: unknown) => void;
}

export interface EmbeddedBus extends EventBus, EventLog, DeadLetters {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Deletes events older than `days` that every group is past; returns how many. `audit-heads` is kept. */
  prune(days: number): Promise<number>;
}

const channel = 'bus_appended';

/** The EventBus on PostgreSQL alone: for one machine. See {@link busSchema} for how it keeps order. */
export function createEmbeddedBus({
  connection,
  poolSize = 8,
  retry = defaultRetry,
  pollEvery = 1_000,
  onError = () => undefined,
}: EmbeddedBusOptions): EmbeddedBus {
  // Apart, so that handlers at work, each with a connection, don't keep anybody from publishing.
  const handling = createPool(connection, { max: poolSize, onError });
  const pool = createPool(connection, { max: 4, patience: 5_000, onError });
  const groups = new Set<Awaited<ReturnType<typeof joinGroup>>>();
  const listener = createListener(
    connection,
    channel,
    () => groups.forEach((group) => group.wake()),
    onError,
  );
  const notifier = createNotifier(() => pool.query(`notify ${channel}`), onError);

  return {
    start: async () => {
      const rows = Object.entries(topics).flatMap(([topic, { partitions }]) =>
        Array.from({ length: partitions }, (_, partition) => [topic, partition] as const),
      );
      await pool.query(
        `insert into bus.partition (topic, partition) select * from unnest($1::text[], $2::smallint[]) on conflict do nothing`,
        [rows.map(([topic]) => topic), rows.map(([, partition]) => partition)],
      );
      await listener.start();
    },
    stop: async () => {
      await Promise.all([...groups].map((group) => group.stop()));
      await listener.stop();
      await notifier.settled();
      await Promise.all([handling.end(), pool.end()]);
    },
    publish: async (messages) => {
      await append(pool, messages);
      notifier.soon();
    },
    subscribe: async (subscription) => {
      const group = await joinGroup(handling, subscription, { retry, pollEvery, onError });
      groups.add(group);
      return {
        stop: async () => {
          await group.stop();
          groups.delete(group);
          notifier.soon(); // another member may go on with what is left
        },
      } satisfies Running;
    },
    read: async (topic, partition, position, limit) => {
      const { rows } = await pool.query<{ position: number; event: CloudEvent }>(
        `select position, event from bus.event where topic = $1 and partition = $2 and position > $3 order by position limit $4`,
        [topic, partition, position, limit],
      );
      return rows;
    },
    list: async ({ group, topic, limit }) => {
      const { rows } = await pool.query<DeadLetter>(
        `select id, group_name as "group", topic, key, attempts, error, event,
           to_char(failed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "failedAt"
         from bus.dead_letter
         where discarded_at is null and ($1::text is null or group_name = $1) and ($2::text is null or topic = $2)
         order by failed_at, id limit $3`,
        [group ?? null, topic ?? null, limit],
      );
      return rows;
    },
    redrive: async (id) => {
      if (!isId(id)) return false;
      const { rowCount } = await pool.query(
        `with letter as (delete from bus.dead_letter where id = $1 and discarded_at is null returning *)
         insert into bus.parked (group_name, topic, partition, key, event, attempts, next_at)
         select group_name, topic, partition, key, event, 0, now() from letter`,
        [id],
      );
      notifier.soon();
      return rowCount === 1;
    },
    discard: async (id, reason) => {
      if (!isId(id)) return false;
      const { rowCount } = await pool.query(
        'update bus.dead_letter set discarded_at = now(), discard_reason = $2 where id = $1 and discarded_at is null',
        [id, reason],
      );
      return rowCount === 1;
    },
    prune: async (days) => {
      const { rowCount } = await pool.query(
        `delete from bus.event e where topic <> 'audit-heads' and appended_at < now() - make_interval(days => $1)
           and not exists (select from bus.group_offset o
             where o.topic = e.topic and o.partition = e.partition and o.position < e.position)`,
        [days],
      );
      return rowCount ?? 0;
    },
  };
}

const partitionOf = (topic: Topic, key: string): number => hash32(key) % topics[topic].partitions;

/**
 * One statement, so one round trip: the heads are locked in order, moved, and the events numbered
 * from where they were. A topic that isn't there makes it fail as a whole (no position: not null),
 * rather than lose an event.
 */
async function append(pool: Pool, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  await pool.query(
    `with input as (
       select * from unnest($1::text[], $2::smallint[], $3::text[], $4::json[]) with ordinality as m (topic, partition, key, event, ord)),
     amount as (select topic, partition, count(*) as n from input group by topic, partition),
     locked as (
       select topic, partition from bus.partition join amount using (topic, partition)
       order by topic, partition for update of partition),
     moved as (
       update bus.partition p set head = p.head + amount.n
       from amount join locked using (topic, partition)
       where p.topic = amount.topic and p.partition = amount.partition
       returning p.topic, p.partition, p.head - amount.n as base)
     insert into bus.event (topic, partition, position, key, event)
     select topic, partition, base + row_number() over (partition by topic, partition order by ord), key, event
     from input left join moved using (topic, partition)`,
    [
      messages.map(({ topic }) => topic),
      messages.map(({ topic, key }) => partitionOf(topic, key)),
      messages.map(({ key }) => key),
      messages.map(({ event }) => JSON.stringify(event)),
    ],
  );
}
