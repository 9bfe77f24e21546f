import { topics, type CloudEvent, type Topic } from '@almanac/contracts';
import { createListener, createNotifier, isTransient } from '@almanac/database';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { DeadLetter, DeadLetters } from '../dead-letters';
import type { EventBus, EventLog, Handler, Message, Running, Subscription } from '../event-bus';
import { hash32 } from '../hash';
import { backoff, defaultRetry, PermanentError, type RetryPolicy } from '../retry';
import { createWaker, type Waker } from '../waker';

export interface EmbeddedBusOptions {
  readonly connection: Pick<PoolConfig, 'host' | 'port' | 'database' | 'user' | 'password'>;
  /** Connections for publishing and handling; one more listens. */
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
/** Events a group takes from a partition at a time: its offset moves once per batch. */
const batchSize = 100;
/** Partitions of one group that are worked on at the same time in one process. */
const concurrency = 2;

/** The EventBus on PostgreSQL alone: for one machine. See {@link busSchema} for how it keeps order. */
export function createEmbeddedBus({
  connection,
  poolSize = 8,
  retry = defaultRetry,
  pollEvery = 1_000,
  onError = () => undefined,
}: EmbeddedBusOptions): EmbeddedBus {
  const pool = new Pool({
    ...connection,
    max: poolSize,
    application_name: 'almanac-bus',
    statement_timeout: 10_000,
  });
  pool.on('error', onError); // an idle connection that dies is replaced; unheard, the event would end the process
  const groups = new Set<Waker>();
  const listener = createListener(connection, channel, () => groups.forEach(({ wake }) => wake()), onError);
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
      await pool.end();
    },
    publish: async (messages) => {
      await append(pool, messages);
      notifier.soon();
    },
    subscribe: async (subscription) => {
      const group = await startGroup(pool, subscription, { retry, pollEvery, onError });
      groups.add(group);
      return {
        stop: async () => {
          groups.delete(group);
          await group.stop();
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

/** One statement, so one round trip: the heads are locked in order, moved, and the events numbered from where they were. */
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
     from input join moved using (topic, partition)`,
    [
      messages.map(({ topic }) => topic),
      messages.map(({ topic, key }) => partitionOf(topic, key)),
      messages.map(({ key }) => key),
      messages.map(({ event }) => JSON.stringify(event)),
    ],
  );
}

interface Claim {
  topic: Topic;
  partition: number;
  position: number;
}

interface Parked {
  id: number;
  topic: Topic;
  partition: number;
  key: string;
  event: CloudEvent;
  attempts: number;
}

type GroupOptions = Required<Pick<EmbeddedBusOptions, 'retry' | 'pollEvery' | 'onError'>>;

async function startGroup(
  pool: Pool,
  { group, topics: subscribed, handle }: Subscription,
  { retry, pollEvery, onError }: GroupOptions,
): Promise<Waker> {
  // A new group begins at the beginning: an event that was published before it counts as well.
  await pool.query(
    `insert into bus.group_offset (group_name, topic, partition)
     select $1, topic, partition from bus.partition where topic = any($2) on conflict do nothing`,
    [group, subscribed],
  );
  let failures = 0;
  const waker = createWaker(pollEvery, async () => {
    try {
      await Promise.all(
        Array.from({ length: concurrency }, () =>
          drain(() => takeBatch(pool, group, subscribed, handle, retry)),
        ),
      );
      await drain(() => retryParked(pool, group, handle, retry));
      const soonest = await nextRetry(pool, group);
      if (soonest !== null) waker.within(soonest);
      failures = 0;
    } catch (error) {
      onError(error);
      waker.pause(backoff(retry, ++failures));
    }
  });
  const drain = async (step: () => Promise<boolean>) => {
    while (!waker.stopping && (await step()));
  };
  return waker;
}

/**
 * Takes the next events of one partition that no other member of the group works on. The lock on
 * its offset row is held while they are handled; a crash gives them to another member again.
 *
 * @returns whether there was anything
 */
const takeBatch = (
  pool: Pool,
  group: string,
  subscribed: readonly Topic[],
  handle: Handler,
  retry: RetryPolicy,
): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const claimed = await client.query<Claim>(
      `select o.topic, o.partition, o.position from bus.group_offset o join bus.partition p using (topic, partition)
       where o.group_name = $1 and o.topic = any($2) and p.head > o.position
       limit 1 for update of o skip locked`,
      [group, subscribed],
    );
    const claim = claimed.rows[0];
    if (claim === undefined) return false;
    const events = await client.query<{ position: number; key: string; event: CloudEvent }>(
      `select position, key, event from bus.event
       where topic = $1 and partition = $2 and position > $3 order by position limit ${batchSize}`,
      [claim.topic, claim.partition, claim.position],
    );
    const waiting = await client.query<{ key: string }>(
      'select distinct key from bus.parked where group_name = $1 and topic = $2 and partition = $3',
      [group, claim.topic, claim.partition],
    );
    const blocked = new Set(waiting.rows.map(({ key }) => key));
    for (const { key, event } of events.rows) {
      const failure = blocked.has(key)
        ? { attempts: 0, delay: 0, error: null }
        : await tryOnce(handle, event, { attempt: 1, topic: claim.topic, key }, retry);
      if (failure === null) continue;
      if (failure.attempts >= retry.attempts) {
        await bury(client, group, claim, key, event, 1, failure.error ?? '');
        continue;
      }
      blocked.add(key);
      await client.query(
        `insert into bus.parked (group_name, topic, partition, key, event, attempts, next_at, error)
         values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7 / 1000.0), $8)`,
        [
          group,
          claim.topic,
          claim.partition,
          key,
          JSON.stringify(event),
          failure.attempts,
          failure.delay,
          failure.error,
        ],
      );
    }
    await client.query(
      'update bus.group_offset set position = $4 where group_name = $1 and topic = $2 and partition = $3',
      [group, claim.topic, claim.partition, events.rows.at(-1)?.position ?? claim.position],
    );
    return events.rows.length > 0;
  });

/** No earlier event of its key waits before it. */
const firstOfKey = `not exists (select from bus.parked e
  where e.group_name = p.group_name and e.topic = p.topic and e.partition = p.partition and e.key = p.key and e.id < p.id)`;

/** Tries the first parked event of one key again. */
const retryParked = (pool: Pool, group: string, handle: Handler, retry: RetryPolicy): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<Parked>(
      `select id, topic, partition, key, event, attempts from bus.parked p
       where group_name = $1 and next_at <= clock_timestamp()
         and ${firstOfKey}
       order by next_at limit 1 for update skip locked`,
      [group],
    );
    const parked = rows[0];
    if (parked === undefined) return false;
    const { id, topic, key, event, attempts } = parked;
    const failure = await tryOnce(handle, event, { attempt: attempts + 1, topic, key }, retry);
    if (failure === null) {
      await client.query('delete from bus.parked where id = $1', [id]);
    } else if (failure.attempts >= retry.attempts) {
      await client.query('delete from bus.parked where id = $1', [id]);
      await bury(client, group, parked, key, event, attempts + 1, failure.error);
    } else {
      await client.query(
        'update bus.parked set attempts = $2, next_at = clock_timestamp() + make_interval(secs => $3 / 1000.0), error = $4 where id = $1',
        [id, failure.attempts, failure.delay, failure.error],
      );
    }
    return true;
  });

interface Failure {
  /** Tries that count so far. */
  readonly attempts: number;
  /** Milliseconds until the next. */
  readonly delay: number;
  readonly error: string;
}

/** Transient failures don't count as tries, so they all wait as long as after this one. */
const transientPace = 4;

async function tryOnce(
  handle: Handler,
  event: CloudEvent,
  delivery: Parameters<Handler>[1],
  retry: RetryPolicy,
): Promise<Failure | null> {
  try {
    await handle(event, delivery);
    return null;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error instanceof PermanentError) return { attempts: retry.attempts, delay: 0, error: text };
    return isTransient(error)
      ? { attempts: delivery.attempt - 1, delay: backoff(retry, transientPace), error: text }
      : { attempts: delivery.attempt, delay: backoff(retry, delivery.attempt), error: text };
  }
}

const bury = (
  client: PoolClient,
  group: string,
  at: { topic: Topic; partition: number },
  key: string,
  event: CloudEvent,
  attempts: number,
  error: string,
) =>
  client.query(
    'insert into bus.dead_letter (group_name, topic, partition, key, event, attempts, error) values ($1, $2, $3, $4, $5, $6, $7)',
    [group, at.topic, at.partition, key, JSON.stringify(event), attempts, error],
  );

/** Milliseconds until the first event of some key is due again; null when nothing is parked. */
async function nextRetry(pool: Pool, group: string): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `select greatest(0, extract(epoch from min(next_at) - clock_timestamp()) * 1000)::int as ms from bus.parked p
     where group_name = $1 and ${firstOfKey}`,
    [group],
  );
  return rows[0]?.ms ?? null;
}

async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}
