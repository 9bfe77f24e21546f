import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import type { Kind, Ledger, Operation } from './ledger';
import type { Random } from './random';

/** What many devices do at once, until it is enough. */
export interface Load {
  readonly ledger: Ledger;
  /** Resolves after so many more acknowledgements. @throws Error when they don't come within 20 s */
  acknowledged(count: number): Promise<void>;
  /** Lets each device bring what it has begun to an end, and takes no more wishes. */
  stop(): Promise<void>;
  /** Ends at once, whatever is still unanswered. */
  abandon(): void;
}

export interface LoadOptions {
  /** Where the product is now; null while it is down. */
  readonly url: () => string | null;
  readonly random: Random;
}

const users = 3;
/** Of one user: they change the same tasks, as two browsers do. */
const devices = 3;
const tasksPerUser = 6;
/** Milliseconds until a device gives an answer up. */
const patience = 10_000;

/** What a device believes of a task; the devices of a user tell each other. */
interface Known {
  readonly id: string;
  version: number;
  state: 'open' | 'completed' | 'deleted';
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** Starts devices of users who have never been here. */
export function startLoad({ url, random }: LoadOptions): Load {
  const operations: Operation[] = [];
  const surprises: string[] = [];
  let acknowledgements = 0;
  let stopping = false;
  const abandoned = new AbortController();

  const send = async (
    userId: string,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<Answer | null> => {
    const base = await waitUntil(() => abandoned.signal.aborted || url(), {
      timeout: 60_000,
      every: 2,
      until: 'the product is up again',
    });
    abandoned.signal.throwIfAborted();
    try {
      const response = await fetch(`${String(base)}/api/v1/tasks${path}`, {
        method,
        headers: {
          authorization: `Bearer ${userId}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        signal: AbortSignal.any([AbortSignal.timeout(patience), abandoned.signal]),
        ...(body && { body: JSON.stringify(body) }),
      });
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        text: await response.text(),
      };
    } catch {
      return null; // a connection that broke: nobody knows
    }
  };

  const runDevice = async (userId: string, tasks: Known[], random: Random): Promise<void> => {
    const created: Operation[] = [];

    const sendOperation = ({ id, kind, taskId }: Operation, version: number | null) => {
      const headers = {
        traceparent: `00-${id}-${randomBytes(8).toString('hex')}-01`,
        ...(version !== null && kind !== 'restore' && { 'if-match': `"${version}"` }),
        ...(kind === 'create' && { 'idempotency-key': id }),
      };
      if (kind === 'create') return send(userId, 'POST', '', headers, { title: `Wish ${id}` });
      if (kind === 'update')
        return send(userId, 'PATCH', `/${taskId}`, headers, { description: `As of ${id}` });
      if (kind === 'delete') return send(userId, 'DELETE', `/${taskId}`, headers);
      return send(userId, 'POST', `/${taskId}/${kind}`, headers);
    };

    /** Sends it until the answer is certain. A restoration names no version, so it is sent once only. */
    const perform = async (operation: Operation, task: Known | null): Promise<void> => {
      const { kind } = operation;
      const expected = task?.version ?? null;
      operations.push(operation);
      for (;;) {
        operation.attempts++;
        const answer = await sendOperation(operation, expected);
        if (answer !== null && answer.status < 300) {
          const made: Known =
            kind === 'delete' ? { id: task!.id, version: expected! + 1, state: 'deleted' } : shown(answer);
          Object.assign(operation, { outcome: 'acknowledged', taskId: made.id, version: made.version });
          acknowledgements++;
          if (kind === 'create') created.push(operation);
          return learn(made);
        }
        if (answer !== null && answer.status < 500) {
          // After a try that nobody answered, a refusal only says that it isn't done *now*.
          if (operation.attempts === 1) operation.outcome = 'refused';
          if (answer.status === 429) surprises.push(`${kind} ${operation.id}: too many requests`);
          return look(task);
        }
        if (answer !== null && (answer.status !== 503 || answer.retryAfter === null))
          surprises.push(`${kind} ${operation.id} was answered with ${answer.status}: ${answer.text}`);
        if (kind === 'restore') return look(task);
        await pause(5 + random.below(20));
      }
    };

    const learn = (seen: Known): void => {
      const known = tasks.find(({ id }) => id === seen.id);
      if (!known) tasks.push(seen);
      else if (seen.version > known.version) Object.assign(known, seen);
    };

    /** Reads a task that is not as it was believed to be. */
    const look = async (task: Known | null): Promise<void> => {
      if (task === null) return;
      const answer = await send(userId, 'GET', `/${task.id}`);
      if (answer?.status === 404) task.state = 'deleted';
      if (answer?.status !== 200) return;
      const seen = shown(answer);
      if (task.state === 'deleted' || seen.version > task.version) Object.assign(task, seen);
    };

    /** Asks for a task that it has again, as a device does that was not told the first time. */
    const repeat = async (operation: Operation): Promise<void> => {
      operation.attempts++;
      const answer = await sendOperation(operation, null);
      if (answer === null || answer.status === 503) return;
      if (answer.status !== 201 || shown(answer).id !== operation.taskId)
        surprises.push(
          `create ${operation.id}, sent again, was answered with ${answer.status}: ${answer.text}`,
        );
    };

    const step = (): Promise<void> => {
      if (created.length > 0 && random.chance(0.05)) return repeat(random.pick(created));
      const create = tasks.length < 2 || random.chance(tasks.length < tasksPerUser ? 0.4 : 0.1);
      // The newest ones, so that the devices meet on them.
      const task = create ? null : random.pick(tasks.slice(-tasksPerUser));
      return perform(
        {
          id: randomBytes(16).toString('hex'),
          userId,
          kind: task === null ? 'create' : random.pick(possible[task.state]),
          taskId: task?.id ?? null,
          outcome: 'unknown',
          version: null,
          attempts: 0,
        },
        task,
      );
    };
    while (!stopping) await step();
  };

  const running = Promise.all(
    Array.from({ length: users }, () => ({ userId: newId(), tasks: [] as Known[] })).flatMap(
      ({ userId, tasks }) => Array.from({ length: devices }, () => runDevice(userId, tasks, random.fork())),
    ),
  );
  running.catch(() => undefined); // `stop` tells
  return {
    ledger: { operations, surprises },
    acknowledged: async (count) => {
      const enough = acknowledgements + count;
      await waitUntil(() => acknowledgements >= enough, {
        timeout: 20_000,
        every: 2,
        until: `${count} more operations were acknowledged`,
      });
    },
    stop: async () => {
      stopping = true;
      await running;
    },
    abandon: () => {
      stopping = true;
      abandoned.abort();
    },
  };
}

const possible: Readonly<Record<Known['state'], readonly Kind[]>> = {
  open: ['update', 'update', 'complete', 'delete'],
  completed: ['reopen', 'reopen', 'update', 'delete'],
  deleted: ['restore'],
};

/** The task in an answer. */
const shown = ({ text }: Answer): Known => {
  const { id, version, status } = JSON.parse(text) as {
    id: string;
    version: number;
    status: 'open' | 'completed';
  };
  return { id, version, state: status };
};
