import type { CloudEvent } from '@almanac/contracts';
import type { Contents, LoggedEvent } from './contents';
import type { Ledger } from './load';

/** What kind of damage it is, for the summary. */
export type Harm = 'lost' | 'doubled' | 'disordered' | 'other';

export interface Violation {
  /** The invariant's name, e.g. `I1`. */
  readonly invariant: string;
  readonly harm: Harm;
  /** What is wrong, with ids. */
  readonly what: string;
}

/** An event that tells of a change of a task: `task-events` for its history, `task-updates` for the screens. */
interface Told {
  readonly eventId: string;
  readonly topic: string;
  /** The operation it comes from. */
  readonly operationId: string;
  readonly taskId: string;
  readonly version: number;
}

/** Ledger and contents with the indexes that the invariants look things up in. */
interface Evidence {
  readonly ledger: Ledger;
  readonly contents: Contents;
  readonly versions: ReadonlyMap<string, number>;
  /** Each event once, by its first place: in the log, or behind it in the outbox. */
  readonly told: readonly Told[];
  readonly logged: ReadonlySet<string>;
  readonly audited: ReadonlyMap<string, number>;
  /** How often a version of a task is in a feed. */
  readonly shown: ReadonlyMap<string, number>;
}

type Find = (evidence: Evidence) => Iterable<Omit<Violation, 'invariant'>>;

export interface Invariant {
  readonly name: string;
  readonly about: string;
  /** `always`: also at the moment of a crash. `at rest`: once nothing is on its way any more. */
  readonly holds: 'always' | 'at rest';
  readonly find: Find;
}

const change = (taskId: string, version: number): string => `task ${taskId} version ${version}`;
const lost = (what: string) => ({ harm: 'lost' as const, what });
const doubled = (what: string) => ({ harm: 'doubled' as const, what });
const disordered = (what: string) => ({ harm: 'disordered' as const, what });
const other = (what: string) => ({ harm: 'other' as const, what });

/** The topics that tell of tasks, and which group's effect the events of each have. */
export const effects: Readonly<
  Record<string, { group: string; where: string; has(evidence: Evidence, told: Told): boolean }>
> = {
  'task-events': {
    group: 'audit',
    where: 'in the audit log',
    has: ({ audited }, { eventId }) => audited.has(eventId),
  },
  'task-updates': {
    group: 'realtime',
    where: 'in a feed',
    has: ({ shown }, { taskId, version }) => shown.has(change(taskId, version)),
  },
};

/**
 * What has to hold, whatever broke. The names are those of the ledger in the operations reference;
 * I10 (recurring series) comes with recurrence, I9 (rest within a time) is seen by whoever waits.
 */
const invariants: readonly Invariant[] = [
  {
    name: 'I1',
    about: 'what was acknowledged is stored, and an event tells of it',
    holds: 'always',
    *find({ ledger, versions, told }) {
      const tells = new Set(
        told
          .filter(({ topic }) => topic === 'task-events')
          .map(({ operationId, taskId, version }) => `${operationId} ${change(taskId, version)}`),
      );
      for (const { id, kind, outcome, taskId, version } of ledger.operations) {
        if (outcome !== 'acknowledged' || taskId === null || version === null) continue;
        const which = `${kind} ${id}, acknowledged as ${change(taskId, version)},`;
        if ((versions.get(taskId) ?? 0) < version) yield lost(`${which} is not stored`);
        else if (!tells.has(`${id} ${change(taskId, version)}`)) yield lost(`${which} has no event`);
      }
    },
  },
  {
    name: 'I2',
    about: 'each committed change has exactly one event per topic',
    holds: 'always',
    *find({ versions, told }) {
      for (const topic of Object.keys(effects)) {
        const count = countBy(
          told.filter((event) => event.topic === topic),
          ({ taskId, version }) => change(taskId, version),
        );
        for (const [taskId, newest] of versions)
          for (let version = 1; version <= newest; version++) {
            const found = count.get(change(taskId, version)) ?? 0;
            if (found === 0) yield lost(`${change(taskId, version)} has no event in ${topic}`);
            if (found > 1) yield doubled(`${change(taskId, version)} has ${found} events in ${topic}`);
          }
      }
    },
  },
  {
    name: 'I3',
    about: 'no event has its effect twice',
    holds: 'always',
    *find({ audited, shown }) {
      for (const [eventId, count] of audited)
        if (count > 1) yield doubled(`event ${eventId} is ${count} times in the audit log`);
      for (const [what, count] of shown) if (count > 1) yield doubled(`${what} is ${count} times in a feed`);
    },
  },
  {
    name: 'I4',
    about: 'no event without a change, no effect without an event, no change that nobody wished',
    holds: 'always',
    *find({ ledger, contents, versions, told, logged }) {
      const wished = new Set(ledger.operations.map(({ id }) => id));
      for (const { eventId, operationId, taskId, version } of told) {
        if ((versions.get(taskId) ?? 0) < version)
          yield other(`event ${eventId} tells of ${change(taskId, version)}, which is not stored`);
        if (!wished.has(operationId)) yield other(`nobody wished ${change(taskId, version)}`);
      }
      for (const { eventId, sequence } of contents.audit)
        if (!logged.has(eventId)) yield other(`audit entry ${sequence} is of no published event`);
      const updates = new Set(
        told
          .filter(({ topic, eventId }) => topic === 'task-updates' && logged.has(eventId))
          .map(({ taskId, version }) => change(taskId, version)),
      );
      for (const { taskId, version } of contents.feed)
        if (!updates.has(change(taskId, version)))
          yield other(`a feed shows ${change(taskId, version)}, which was never published`);
    },
  },
  {
    name: 'I5',
    about: 'the versions of a task come one after the other: in each topic, in the audit log, in the feed',
    holds: 'always',
    *find({ contents, told, logged }) {
      for (const topic of Object.keys(effects))
        yield* outOfOrder(
          `topic ${topic}`,
          told.filter((event) => event.topic === topic && logged.has(event.eventId)),
        );
      yield* outOfOrder('the audit log', contents.audit);
      yield* outOfOrder('the feed', contents.feed);
      const heads = new Map<string, number>();
      for (const { userId, position } of contents.feed) {
        if (position !== (heads.get(userId) ?? 0) + 1)
          yield disordered(`the feed of user ${userId} has a gap before ${position}`);
        heads.set(userId, position);
      }
    },
  },
  {
    name: 'I6',
    about: 'an operation, however often it was sent, is done once or not at all, and everywhere or nowhere',
    holds: 'at rest',
    *find({ ledger, contents, told, shown }) {
      const auditedOperations = new Set(contents.audit.map(({ traceId }) => traceId));
      const changes = Map.groupBy(told, ({ operationId }) => operationId);
      for (const { id, kind, attempts } of ledger.operations) {
        const own = changes.get(id) ?? [];
        const made = [...new Set(own.map(({ taskId, version }) => change(taskId, version)))];
        if (made.length > 1)
          yield doubled(`${kind} ${id}, sent ${attempts} times, made ${made.join(' and ')}`);
        const places = {
          'task-events': own.some(({ topic }) => topic === 'task-events'),
          'task-updates': own.some(({ topic }) => topic === 'task-updates'),
          'the audit log': auditedOperations.has(id),
          'the feed': made.some((what) => shown.has(what)),
        };
        const missing = Object.entries(places).filter(([, has]) => !has);
        if (missing.length > 0 && missing.length < Object.keys(places).length)
          yield lost(`${kind} ${id} is half done: not in ${missing.map(([place]) => place).join(', ')}`);
      }
    },
  },
  {
    name: 'I7',
    about: 'every event has had its effect: none waits, none is a dead letter',
    holds: 'at rest',
    *find(evidence) {
      const { contents, told } = evidence;
      for (const event of told)
        if (!effects[event.topic]!.has(evidence, event))
          yield lost(
            `event ${event.eventId} (${change(event.taskId, event.version)}) is not ${effects[event.topic]!.where}`,
          );
      for (const { group, event, error } of contents.deadLetters)
        yield other(`event ${event.id} is a dead letter of ${group}: ${error.split('\n', 1)[0]}`);
      for (const { group, event } of contents.parked) yield other(`event ${event.id} is parked for ${group}`);
      for (const { event } of contents.outbox) yield other(`event ${event.id} waits in the outbox`);
    },
  },
  {
    name: 'I8',
    about: 'no offset is beyond an event without its effect, and no partition has a gap',
    holds: 'always',
    *find(evidence) {
      const { contents } = evidence;
      for (const { topic, partition, head } of contents.partitions) {
        const events = contents.log.filter((e) => e.topic === topic && e.partition === partition);
        if (events.some(({ position }, index) => position !== index + 1) || events.length !== head)
          yield other(`${topic}/${partition} has ${events.length} events, but its head is ${head}`);
      }
      const waiting = new Set(
        [...contents.parked, ...contents.deadLetters].map(({ group, event }) => `${group} ${event.id}`),
      );
      for (const { group, topic, partition, position: offset } of contents.offsets) {
        const effect = effects[topic];
        if (effect?.group !== group) continue;
        for (const logged of contents.log) {
          if (logged.topic !== topic || logged.partition !== partition || logged.position > offset) continue;
          const told = toldBy(logged);
          if (told && !effect.has(evidence, told) && !waiting.has(`${group} ${told.eventId}`))
            yield lost(
              `${group} is past event ${told.eventId} (${topic}/${partition} ${logged.position}) without its effect`,
            );
        }
      }
    },
  },
  {
    name: 'I11',
    about: 'what was refused has no effect',
    holds: 'always',
    *find({ ledger, told }) {
      const done = new Set(told.map(({ operationId }) => operationId));
      for (const { id, kind, outcome } of ledger.operations)
        if (outcome === 'refused' && done.has(id))
          yield other(`${kind} ${id} was refused, and done all the same`);
    },
  },
  {
    name: 'answers',
    about:
      'no answer that no fault excuses: 500, 503 without Retry-After, another task for the same idempotency key',
    holds: 'always',
    *find({ ledger }) {
      for (const surprise of ledger.surprises) yield other(surprise);
    },
  },
];

/** Everything that is wrong, by what has to hold now. */
export function findViolations(ledger: Ledger, contents: Contents, when: Invariant['holds']): Violation[] {
  const evidence = gather(ledger, contents);
  return invariants
    .filter(({ holds }) => holds === 'always' || when === 'at rest')
    .flatMap(({ name, find }) => [...find(evidence)].map((violation) => ({ invariant: name, ...violation })));
}

function gather(ledger: Ledger, contents: Contents): Evidence {
  const told = new Map<string, Told>();
  for (const place of [...contents.log, ...contents.outbox]) {
    const event = toldBy(place);
    if (event && !told.has(event.eventId)) told.set(event.eventId, event);
  }
  return {
    ledger,
    contents,
    versions: new Map(contents.tasks.map(({ id, version }) => [id, version])),
    told: [...told.values()],
    logged: new Set(contents.log.map(({ event }) => event.id)),
    audited: countBy(contents.audit, ({ eventId }) => eventId),
    shown: countBy(contents.feed, ({ taskId, version }) => change(taskId, version)),
  };
}

/** The operation that an event comes from: its trace. */
export const operationOf = ({ traceparent = '' }: CloudEvent): string => traceparent.split('-')[1] ?? '';

/** Null for what isn't about tasks. */
function toldBy({ topic, event }: Pick<LoggedEvent, 'topic'> & { event: CloudEvent }): Told | null {
  if (!(topic in effects)) return null;
  const { version } = event.data as { version: number };
  return {
    eventId: event.id,
    topic,
    operationId: operationOf(event),
    taskId: event.subject.replace(/^task\//, ''),
    version,
  };
}

const countBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

function* outOfOrder(
  where: string,
  entries: readonly { readonly taskId: string; readonly version: number }[],
): Iterable<Omit<Violation, 'invariant'>> {
  const newest = new Map<string, number>();
  for (const { taskId, version } of entries) {
    const before = newest.get(taskId) ?? 0;
    if (version !== before + 1) yield disordered(`in ${where}, ${change(taskId, version)} follows ${before}`);
    newest.set(taskId, version);
  }
}
