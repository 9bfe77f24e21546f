import type { CloudEvent, Topic } from '@almanac/contracts';
import { isTransient } from '@almanac/database';
import type { Pool } from 'pg';
import type { Delivery, Handler, Subscription } from '../event-bus';
import { backoff, outage, PermanentError, type RetryPolicy } from '../retry';
import { createWaker, type Waker } from '../waker';
import { inTransaction, type Transaction } from './connections';

export interface GroupOptions {
  readonly retry: RetryPolicy;
  readonly pollEvery: number;
  readonly onError: (error: unknown) => void;
}

/** Events a group takes from a partition at a time: its offset moves once per batch. */
const batchSize = 100;
/** Partitions of one group that are worked on at the same time in one process. */
const concurrency = 2;

interface Member extends Subscription {
  readonly pool: Pool;
  readonly retry: RetryPolicy;
  /** Whether to leave the rest to others. */
  isStopping(): boolean;
}

/**
 * Makes this process a member of a group. Whoever holds the lock on a group's offset row of a
 * partition handles the partition's events, new and parked ones, and nobody else does: so the events
 * of a key are handled one after the other. When a member dies, its locks go with its connection.
 *
 * A member has as many hands as it may work on partitions at the same time; each goes its own way, so
 * that a slow event holds up its own partition only.
 */
export async function joinGroup(
  pool: Pool,
  subscription: Subscription,
  { retry, pollEvery, onError }: GroupOptions,
): Promise<Pick<Waker, 'wake' | 'stop'>> {
  // A new group begins at the beginning: an event that was published before it counts as well.
  await pool.query(
    `insert into bus.group_offset (group_name, topic, partition)
     select $1, topic, partition from bus.partition where topic = any($2) on conflict do nothing`,
    [subscription.group, subscription.topics],
  );
  const member: Member = { ...subscription, pool, retry, isStopping: () => waker.stopping };
  const hands = new Set<Promise<void>>();
  /** Somebody said that there is something new while no hand was free. */
  let missed = false;
  let failures = 0;

  /** @returns whether to look again at once */
  const work = async (): Promise<boolean> => {
    missed = false;
    const { partitions, retryIn } = await outlook(member);
    const isRetryDue = retryIn !== null && retryIn <= 0;
    if (retryIn !== null && !isRetryDue) waker.within(retryIn);
    const took =
      partitions > 0 &&
      (await takeBatch(member, () => {
        if (partitions > 1 || isRetryDue) lendHand(); // the rest is for another hand, while this one is busy
      }));
    const retried = isRetryDue && !waker.stopping && (await retryParked(member));
    return took || retried || missed; // nothing: it is in the hands of others
  };
  const workUntilDone = async (): Promise<void> => {
    try {
      while (!waker.stopping && (await work()));
      failures = 0;
    } catch (error) {
      onError(error);
      waker.pause(backoff(outage, ++failures));
    }
  };
  const lendHand = (): boolean => {
    if (hands.size === concurrency) return false;
    const hand: Promise<void> = workUntilDone().finally(() => hands.delete(hand));
    hands.add(hand);
    return true;
  };
  const waker = createWaker(pollEvery, () => {
    if (!lendHand()) missed = true;
    return Promise.resolve();
  });
  return {
    wake: () => waker.wake(),
    stop: async () => {
      await waker.stop();
      await Promise.all(hands);
    },
  };
}

/** No earlier event of its key waits before it. */
const firstOfKey = `not exists (select from bus.parked e
  where e.group_name = p.group_name and e.topic = p.topic and e.partition = p.partition and e.key = p.key and e.id < p.id)`;

interface Outlook {
  /** How many have new events. */
  readonly partitions: number;
  /** Milliseconds until the first parked event is due, negative when it is late; null when none is parked. */
  readonly retryIn: number | null;
}

async function outlook({ pool, group, topics }: Member): Promise<Outlook> {
  const { rows } = await pool.query<Outlook>(
    `select
       (select count(*)::int from bus.group_offset o join bus.partition p using (topic, partition)
         where o.group_name = $1 and o.topic = any($2) and p.head > o.position) as partitions,
       (select (extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8 from bus.parked p
         where group_name = $1 and topic = any($2) and ${firstOfKey}) as "retryIn"`,
    [group, topics],
  );
  return rows[0] ?? { partitions: 0, retryIn: null };
}

interface Place {
  readonly topic: Topic;
  readonly partition: number;
}

interface Claim extends Place {
  readonly position: number;
  readonly head: number;
}

/**
 * Takes the next events of one partition that nobody in the group works on. The lock on its offset
 * row is held while they are handled; a crash gives them to another member again.
 *
 * @param onClaim called when there are some, before they are handled
 * @returns whether there was anything
 */
const takeBatch = (member: Member, onClaim: () => void): Promise<boolean> =>
  inTransaction(member.pool, async (transaction) => {
    const { group, topics, handle, retry } = member;
    const claimed = await transaction.query<Claim>(
      `select o.topic, o.partition, o.position, p.head
       from bus.group_offset o join bus.partition p using (topic, partition)
       where o.group_name = $1 and o.topic = any($2) and p.head > o.position
       order by random() limit 1 for update of o skip locked`,
      [group, topics],
    );
    const claim = claimed.rows[0];
    if (claim === undefined) return false;
    onClaim();
    const events = await transaction.query<{
      position: number;
      key: string;
      event: CloudEvent;
      waits: boolean;
    }>(
      `select position, key, event, exists (select from bus.parked p
         where p.group_name = $4 and p.topic = e.topic and p.partition = e.partition and p.key = e.key) as waits
       from bus.event e where topic = $1 and partition = $2 and position > $3 order by position limit ${batchSize}`,
      [claim.topic, claim.partition, claim.position, group],
    );
    /** Keys of which an earlier event is parked. */
    const blocked = new Set(events.rows.filter(({ waits }) => waits).map(({ key }) => key));
    // A short batch reaches the head, and what is missing in it was pruned.
    let reached = events.rows.length < batchSize ? claim.head : claim.position;
    for (const { position, key, event } of events.rows) {
      if (member.isStopping()) {
        reached = position - 1;
        break;
      }
      transaction.assertHeld();
      const failure = blocked.has(key)
        ? behindOthers
        : await tryOnce(handle, event, { attempt: 1, topic: claim.topic, key }, retry);
      reached = Math.max(reached, position);
      if (failure === null) continue;
      if (failure.attempts >= retry.attempts) {
        await bury(transaction, group, claim, key, event, 1, failure.error);
        continue;
      }
      blocked.add(key);
      await transaction.query(
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
    await transaction.query(
      'update bus.group_offset set position = $4 where group_name = $1 and topic = $2 and partition = $3',
      [group, claim.topic, claim.partition, reached],
    );
    return true;
  });

interface Parked extends Place {
  readonly id: number;
  readonly key: string;
  readonly event: CloudEvent;
  readonly attempts: number;
}

/** Tries the first parked event of one key again, in a partition that nobody in the group works on. */
const retryParked = ({ pool, group, topics, handle, retry }: Member): Promise<boolean> =>
  inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<Parked>(
      `select p.id, p.topic, p.partition, p.key, p.event, p.attempts
       from bus.parked p join bus.group_offset o using (group_name, topic, partition)
       where p.group_name = $1 and p.topic = any($2) and p.next_at <= clock_timestamp() and ${firstOfKey}
       order by p.next_at limit 1 for update of o, p skip locked`,
      [group, topics],
    );
    const parked = rows[0];
    if (parked === undefined) return false;
    const { id, topic, key, event, attempts } = parked;
    const failure = await tryOnce(handle, event, { attempt: attempts + 1, topic, key }, retry);
    if (failure !== null && failure.attempts < retry.attempts) {
      await transaction.query(
        `update bus.parked set attempts = $2, next_at = clock_timestamp() + make_interval(secs => $3 / 1000.0), error = $4
         where id = $1`,
        [id, failure.attempts, failure.delay, failure.error],
      );
      return true;
    }
    await transaction.query('delete from bus.parked where id = $1', [id]);
    if (failure !== null) await bury(transaction, group, parked, key, event, attempts + 1, failure.error);
    return true;
  });

interface Failure {
  /** Tries that count so far. */
  readonly attempts: number;
  /** Milliseconds until the next. */
  readonly delay: number;
  readonly error: string | null;
}

/** Not tried at all: an earlier event of its key waits. */
const behindOthers: Failure = { attempts: 0, delay: 0, error: null };

/** Transient failures don't count as tries, so they all wait as long as after this one. */
const transientPace = 4;

async function tryOnce(
  handle: Handler,
  event: CloudEvent,
  delivery: Delivery,
  retry: RetryPolicy,
): Promise<Failure | null> {
  try {
    await handle(event, delivery);
    return null;
  } catch (error) {
    const text = describe(error);
    if (error instanceof PermanentError) return { attempts: retry.attempts, delay: 0, error: text };
    return isTransient(error)
      ? { attempts: delivery.attempt - 1, delay: backoff(retry, transientPace), error: text }
      : { attempts: delivery.attempt, delay: backoff(retry, delivery.attempt), error: text };
  }
}

/** PostgreSQL stores no U+0000; an error that quotes one must not stop its partition. */
const describe = (error: unknown): string =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error)).replaceAll('\0', '\u{fffd}');

const bury = (
  transaction: Transaction,
  group: string,
  { topic, partition }: Place,
  key: string,
  event: CloudEvent,
  attempts: number,
  error: string | null,
) =>
  transaction.query(
    'insert into bus.dead_letter (group_name, topic, partition, key, event, attempts, error) values ($1, $2, $3, $4, $5, $6, $7)',
    [group, topic, partition, key, JSON.stringify(event), attempts, error],
  );
