import type { EventBus, Handler } from '@almanac/messaging';
import type { Client, QueryResult, QueryResultRow } from 'pg';
import type { Interceptor } from './statements';

/**
 * A mistake that a product like this could have, planted into the victim to see whether the checker
 * finds it: a checker never seen failing proves nothing.
 */
export interface PlantedBug {
  readonly name: string;
  readonly about: string;
  /** The fault under which it does harm; many mistakes do none as long as nothing breaks. */
  readonly fault: string;
  /** SQL that a superuser runs on its database before anything else. */
  readonly database?: (name: string) => string;
  /** Made anew in each process. */
  readonly interceptor?: () => Interceptor;
  readonly bus?: (bus: EventBus) => EventBus;
}

const writesTask = /^(insert into|update) "task_api"\."task"/i;
const isCommit = (text: string): boolean => /\bcommit$/i.test(text);

const answerOf = (command: string, rows: QueryResultRow[] = []): QueryResult => ({
  command,
  rows,
  rowCount: rows.length,
  oid: 0,
  fields: [],
});

/** Sends another text, or gives another answer, for the statements that match. */
const instead =
  (pattern: RegExp, change: (text: string) => string | QueryResult): (() => Interceptor) =>
  () =>
  async (statement, send) => {
    if (!pattern.test(statement.text)) return send(statement);
    const changed = change(statement.text);
    return typeof changed === 'string' ? send({ ...statement, text: changed }) : changed;
  };

const publishing =
  (change: (publish: EventBus['publish']) => EventBus['publish']) =>
  (bus: EventBus): EventBus => ({
    publish: change((messages) => bus.publish(messages)),
    subscribe: (subscription) => bus.subscribe(subscription),
  });

const handling =
  (change: (handle: Handler) => Handler) =>
  (bus: EventBus): EventBus => ({
    publish: (messages) => bus.publish(messages),
    subscribe: (subscription) => bus.subscribe({ ...subscription, handle: change(subscription.handle) }),
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge-before-commit',
    about: 'the client is answered while the commit is still to be sent',
    fault: 'answer.after',
    interceptor: () => {
      const commits = new WeakMap<Client, Promise<unknown>>();
      return async (statement, send) => {
        await commits.get(statement.client); // the connection is used again only after its commit
        if (!isCommit(statement.text) || !statement.earlier.some((text) => writesTask.test(text)))
          return send(statement);
        commits.set(
          statement.client,
          pause(30).then(() => send(statement)),
        );
        return answerOf('COMMIT');
      };
    },
  },
  {
    name: 'asynchronous-commit',
    about: 'PostgreSQL acknowledges commits before they are on disk',
    fault: 'database.stopped',
    interceptor: instead(
      /^begin; select set_config/,
      (text) => `${text}; set local synchronous_commit = off`,
    ),
  },
  {
    name: 'events-outside-the-transaction',
    about: 'the outbox is written after the commit of the change it tells of',
    fault: 'task.after-commit',
    interceptor: () => {
      const waiting = new WeakMap<Client, () => Promise<QueryResult>>();
      return async (statement, send) => {
        if (statement.text.includes('insert into task_api.outbox')) {
          waiting.set(statement.client, () => send({ ...statement, earlier: [] }));
          return answerOf('INSERT');
        }
        const result = await send(statement);
        if (isCommit(statement.text)) {
          const write = waiting.get(statement.client);
          waiting.delete(statement.client);
          await write?.();
        }
        return result;
      };
    },
  },
  {
    name: 'no-idempotency-keys',
    about: 'a creation that is sent again is done again',
    fault: 'idempotency.after-commit',
    interceptor: () => (statement, send) =>
      statement.text.includes('insert into task_api.idempotency_key')
        ? send({
            ...statement,
            values: statement.values.map((value, index) =>
              index === 1 ? `${String(value)} ${Math.random()}` : value,
            ),
          })
        : send(statement),
  },
  {
    name: 'unlocked-read',
    about: 'a task is read without a lock before it is changed: of two changes at once, one is lost',
    fault: 'none',
    interceptor: instead(/from task_api\.task where id = \$1 .*for update/s, (text) =>
      text.replace('for update', ''),
    ),
  },
  {
    name: 'cursor-relay',
    about: 'the relay goes by the last id it saw: what committed later with a smaller id stays behind',
    fault: 'none',
    interceptor: () => {
      let last = 0;
      return async (statement, send) => {
        if (!statement.text.includes('from task_api.outbox where lane')) return send(statement);
        const result = await send({
          ...statement,
          text: statement.text.replace('where', `where id > ${last} and`),
        });
        for (const { id } of result.rows as { id: number }[]) last = Math.max(last, id);
        return result;
      };
    },
  },
  {
    name: 'publish-not-awaited',
    about: 'the relay deletes from the outbox while the events are still on their way to the bus',
    fault: 'relay.after-commit',
    bus: publishing((publish) => (messages) => {
      void pause(20).then(() => publish(messages));
      return Promise.resolve();
    }),
  },
  {
    name: 'publish-out-of-order',
    about: 'events of one key are published in another order than they happened in',
    fault: 'none',
    bus: publishing((publish) => (messages) => publish([...messages].reverse())),
  },
  {
    name: 'offset-before-effect',
    about: 'a group’s offset is committed while its handlers still work',
    fault: 'bus.after-offset-commit',
    bus: handling((handle) => {
      let before: Promise<void> = Promise.resolve();
      return (event, delivery) => {
        before = before.then(() => handle(event, delivery));
        return Promise.resolve();
      };
    }),
  },
  {
    name: 'begin-at-the-newest',
    about: 'a group that starts again skips what was published meanwhile',
    fault: 'bus.after-claim',
    interceptor: () => async (statement, send) => {
      const result = await send(statement);
      if (statement.text.includes('insert into bus.group_offset'))
        await send({
          ...statement,
          text: `update bus.group_offset o set position = head from bus.partition p
            where p.topic = o.topic and p.partition = o.partition and group_name = $1 and o.topic = any($2)`,
        });
      return result;
    },
  },
  {
    name: 'no-inbox',
    about: 'the feed takes a change again that is delivered again',
    fault: 'realtime.after-commit',
    interceptor: instead(/insert into realtime\.inbox/, () => answerOf('INSERT', [{ first: 1 }])),
  },
  {
    name: 'audit-does-not-look',
    about: 'the audit log takes no notice of having an event, and only a constraint stops it',
    fault: 'audit.after-commit',
    interceptor: instead(/insert into audit\.audit_log/, (text) =>
      text.replace('on conflict (event_id) do nothing', ''),
    ),
  },
  {
    name: 'swallowed-error',
    about: 'a handler that fails counts as done',
    fault: 'consumers.fail',
    bus: handling((handle) => (event, delivery) => handle(event, delivery).catch(() => undefined)),
  },
  {
    name: 'swallowed-on-shutdown',
    about: 'a process that is asked to stop passes over the events it has in hand',
    fault: 'process.stopped',
    bus: (bus) => {
      let stopping = false;
      process.once('SIGTERM', () => (stopping = true));
      return handling((handle) => async (event, delivery) => {
        if (!stopping) await handle(event, delivery);
      })(bus);
    },
  },
];
