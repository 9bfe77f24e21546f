import type { CloudEvent, Topic } from '@almanac/contracts';
import type { SystemTransaction, Session } from '@almanac/database';
import { hash32 } from './hash';
import { lanes } from './outbox';
import type { EventBus, Message, Running } from './event-bus';
import { backoff, outage } from './retry';
import { createWaker, type Waker } from './waker';

export interface RelayOptions {
  readonly schema: string;
  readonly system: SystemTransaction<Session>;
  readonly bus: EventBus;
  /** Milliseconds between looks when nobody wakes it: for what a crash left behind. */
  readonly pollEvery?: number;
  readonly onPublished?: (published: readonly Message[], age: number) => void;
  readonly onError?: (error: unknown) => void;
}

interface Row {
  id: number;
  topic: Topic;
  key: string;
  event: CloudEvent;
  /** Milliseconds since it was written. */
  age: number;
}

const batchSize = 500;

export interface Relay extends Running {
  /** Says that there may be new rows. */
  wake(): void;
}

/**
 * Takes events from a service's outbox to the bus: at least once, in order per key.
 *
 * Each round locks the lanes that no other relay holds, reads *all* rows in them (no cursor by id: a
 * transaction that took its number early and committed late would be skipped), publishes, deletes
 * and commits. A crash in between publishes again; consumers expect that. Lanes are locked by
 * transaction-level advisory locks, which like SKIP LOCKED pass over what others hold, and write
 * nothing.
 */
export function startRelay({
  schema,
  system,
  bus,
  pollEvery = 5_000,
  onPublished,
  onError,
}: RelayOptions): Relay {
  const space = hash32(`relay ${schema}`) | 0;
  let failures = 0;

  const round = async (): Promise<number> =>
    system('relay', async (session) => {
      // Two statements: the second one's snapshot is taken with the locks held, so it can't show rows
      // that the lanes' previous holder has just published and deleted.
      const locked = await session.query<{ lane: number }>(
        `select lane from generate_series(0, ${lanes - 1}) lane where pg_try_advisory_xact_lock($1, lane)`,
        [space],
      );
      const rows = await session.query<Row>(
        `select id, topic, key, event, (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as age
         from ${schema}.outbox where lane = any($1::smallint[]) order by id limit ${batchSize}`,
        [locked.map(({ lane }) => lane)],
      );
      if (rows.length === 0) return 0;
      await bus.publish(rows);
      await session.query(`delete from ${schema}.outbox where id = any($1::bigint[])`, [
        rows.map(({ id }) => id),
      ]);
      onPublished?.(rows, Math.max(...rows.map(({ age }) => age)));
      return rows.length;
    });

  const waker: Waker = createWaker(pollEvery, async () => {
    try {
      while ((await round()) === batchSize && !waker.stopping);
      failures = 0;
    } catch (error) {
      onError?.(error);
      waker.pause(backoff(outage, ++failures));
    }
  });
  return { wake: () => waker.wake(), stop: () => waker.stop() };
}
