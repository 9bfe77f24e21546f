import type { CloudEvent } from '@almanac/contracts';
import type { Client } from 'pg';

/** Everything that is stored: the other side of the comparison. */
export interface Contents {
  readonly tasks: readonly { readonly id: string; readonly version: number }[];
  /** Events that wait in task-api's outbox, in order. */
  readonly outbox: readonly { readonly topic: string; readonly event: CloudEvent }[];
  /** Every event of every topic, by topic, partition and position. */
  readonly log: readonly LoggedEvent[];
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly head: number;
  }[];
  readonly offsets: readonly Offset[];
  /** Events that wait for another try. */
  readonly parked: readonly { readonly group: string; readonly event: CloudEvent }[];
  readonly deadLetters: readonly {
    readonly group: string;
    readonly event: CloudEvent;
    readonly error: string;
  }[];
  /** The audit log in the order of its chain. */
  readonly audit: readonly AuditEntry[];
  /** All feeds, each in the order of its positions. */
  readonly feed: readonly FeedEntry[];
}

export interface LoggedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly event: CloudEvent;
}

export interface Offset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
}

export interface AuditEntry {
  readonly sequence: number;
  readonly eventId: string;
  /** The id of the operation. */
  readonly traceId: string | null;
  readonly taskId: string;
  readonly version: number;
}

export interface FeedEntry {
  readonly userId: string;
  readonly position: number;
  readonly taskId: string;
  readonly version: number;
}

/** Reads all of it in one snapshot, as the superuser, whom no policy keeps from a row. */
export async function readContents(admin: Client): Promise<Contents> {
  const all = async <Row extends object>(sql: string): Promise<Row[]> => (await admin.query<Row>(sql)).rows;
  await admin.query('begin isolation level repeatable read read only');
  try {
    return {
      tasks: await all('select id, version from task_api.task'),
      outbox: await all('select topic, event from task_api.outbox order by id'),
      log: await all(
        'select topic, partition, position::int, event from bus.event order by topic, partition, position',
      ),
      partitions: await all('select topic, partition, head::int from bus.partition'),
      offsets: await all(
        'select group_name as "group", topic, partition, position::int from bus.group_offset',
      ),
      parked: await all('select group_name as "group", event from bus.parked order by id'),
      deadLetters: await all('select group_name as "group", event, error from bus.dead_letter'),
      audit: await all(
        `select sequence::int, event_id as "eventId", trace_id as "traceId", entity_id as "taskId",
           (data->>'version')::int as version
         from audit.audit_log order by sequence`,
      ),
      feed: await all(
        `select user_id as "userId", position::int, change->>'id' as "taskId", (change->>'version')::int as version
         from realtime.feed order by user_id, position`,
      ),
    };
  } finally {
    await admin.query('commit');
  }
}

/** What is still on its way, in words; empty when everything is at rest. */
export async function readUnrest(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ what: string; count: number }>(`
    select * from (
      select 'events in task-api''s outbox' as what, count(*)::int as count from task_api.outbox
      union all select 'events in audit''s outbox', count(*)::int from audit.outbox
      union all select 'parked events', count(*)::int from bus.parked
      union all select 'partitions a group is behind in', count(*)::int
        from bus.group_offset o join bus.partition p using (topic, partition) where o.position < p.head
      union all select 'audit entries after the published head', (sequence - published)::int from audit.chain_head
    ) unrest where count <> 0`);
  return rows.map(({ what, count }) => `${count} ${what}`);
}
