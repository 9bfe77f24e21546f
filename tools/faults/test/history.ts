import type { CloudEvent } from '@almanac/contracts';
import type { AuditEntry, Contents, FeedEntry, LoggedEvent } from '../src/contents';
import type { Kind, Ledger, Operation, Outcome } from '../src/load';

/** A ledger and contents that can be changed. */
export interface History {
  ledger: { operations: Operation[]; surprises: string[] } & Ledger;
  contents: {
    -readonly [Part in keyof Contents]: Contents[Part] extends readonly (infer Item)[]
      ? { -readonly [Field in keyof Item]: Item[Field] }[]
      : never;
  };
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
const uuid = (number: number) => `00000000-0000-7000-8000-${hex(number, 12)}`;

/** What a product that does everything right leaves behind: two users, two tasks each, three versions of each task. */
export function rightHistory(): History {
  const operations: Operation[] = [];
  const log: LoggedEvent[] = [];
  const audit: AuditEntry[] = [];
  const feed: FeedEntry[] = [];
  const heads = new Map<string, number>();
  let number = 0;

  const publish = (topic: string, taskId: string, version: number, operationId: string): string => {
    const id = uuid(++number + 1_000);
    const position = (heads.get(topic) ?? 0) + 1;
    heads.set(topic, position);
    const event: Partial<CloudEvent> = {
      id,
      subject: `task/${taskId}`,
      traceparent: `00-${operationId}-${hex(number, 16)}-01`,
      data: { version },
    };
    log.push({ topic, partition: 0, position, event: event as CloudEvent });
    return id;
  };
  const kinds: readonly Kind[] = ['create', 'update', 'complete'];
  const tasks = [1, 2, 3, 4].map((task) => ({ id: uuid(task), userId: uuid(100 + (task % 2)) }));
  kinds.forEach((kind, index) => {
    for (const { id: taskId, userId } of tasks) {
      const version = index + 1;
      const id = hex(++number, 32);
      operations.push({ id, userId, kind, taskId, version, outcome: 'acknowledged', attempts: 1 });
      const eventId = publish('task-events', taskId, version, id);
      publish('task-updates', taskId, version, id);
      audit.push({ sequence: audit.length + 1, eventId, traceId: id, taskId, version });
      const position = feed.filter((entry) => entry.userId === userId).length + 1;
      feed.push({ userId, position, taskId, version });
    }
  });
  return {
    ledger: { operations, surprises: [] },
    contents: {
      tasks: tasks.map(({ id }) => ({ id, version: kinds.length })),
      outbox: [],
      log,
      partitions: [...heads].map(([topic, head]) => ({ topic, partition: 0, head })),
      offsets: [
        { group: 'audit', topic: 'task-events', partition: 0, position: heads.get('task-events')! },
        { group: 'realtime', topic: 'task-updates', partition: 0, position: heads.get('task-updates')! },
      ],
      parked: [],
      deadLetters: [],
      audit,
      feed,
    },
  };
}

/** An operation that the history has no trace of. */
export const unheardOf = (outcome: Outcome): Operation => ({
  id: hex(999, 32),
  userId: uuid(101),
  kind: 'update',
  taskId: uuid(1),
  version: outcome === 'acknowledged' ? 4 : null,
  outcome,
  attempts: 1,
});
