import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../random';
import { seenIn, type Answer, type Client, type Seen } from './client';
import type { Kind, Operation } from './ledger';

/** A task as the devices of a user believe it to be; they tell each other. */
export type Known = { -readonly [Field in keyof Seen]: Seen[Field] };

/** One browser of a user. */
export interface Device {
  /** Has one wish and sees it through: until the answer is certain. */
  step(): Promise<void>;
}

export interface DeviceOptions {
  readonly client: Client;
  readonly userId: string;
  /** The tasks of its user, shared with the user's other devices. */
  readonly tasks: Known[];
  readonly random: Random;
  /** Where it notes what it is about to send, and what it was told. */
  readonly ledger: { readonly operations: Operation[]; readonly surprises: string[] };
}

/** So few that the devices of a user meet on them. */
const tasksPerUser = 6;

const possible: Readonly<Record<Seen['state'], readonly Kind[]>> = {
  open: ['update', 'update', 'complete', 'delete'],
  completed: ['reopen', 'reopen', 'update', 'delete'],
  deleted: ['restore'],
};

/** "Not now", as it should be said. Like no answer, it leaves open whether the wish was done. */
const isNotNow = ({ status, retryAfter }: Answer): boolean => status === 503 && retryAfter !== null;

export function createDevice({ client, userId, tasks, random, ledger }: DeviceOptions): Device {
  const created: Operation[] = [];

  const wish = (task: Known | null): Operation => ({
    id: randomBytes(16).toString('hex'),
    userId,
    kind: task === null ? 'create' : random.pick(possible[task.state]),
    taskId: task?.id ?? null,
    outcome: 'unknown',
    version: null,
    attempts: 0,
  });
  const surprise = ({ kind, id, attempts }: Operation, { status, text }: Answer) => {
    ledger.surprises.push(`${kind} ${id}, sent ${attempts} times, was answered with ${status}: ${text}`);
  };
  const learn = (seen: Seen): void => {
    const known = tasks.find(({ id }) => id === seen.id);
    if (!known) tasks.push({ ...seen });
    else if (seen.version > known.version) Object.assign(known, seen);
  };
  /** Reads a task that is not as it was believed to be. */
  const look = async (task: Known | null): Promise<void> => {
    if (task === null) return;
    const answer = await client.read(task.id);
    if (answer?.status === 404) task.state = 'deleted';
    if (answer?.status !== 200) return;
    const seen = seenIn(answer);
    if (task.state === 'deleted' || seen.version > task.version) Object.assign(task, seen);
  };

  const perform = async (operation: Operation, task: Known | null): Promise<void> => {
    const { kind } = operation;
    const expected = task?.version ?? 0;
    ledger.operations.push(operation);
    for (;;) {
      operation.attempts++;
      const answer = await client.send(operation, expected);
      if (answer !== null && answer.status < 300) {
        const made: Seen =
          kind === 'delete' ? { id: task!.id, version: expected + 1, state: 'deleted' } : seenIn(answer);
        Object.assign(operation, { outcome: 'acknowledged', taskId: made.id, version: made.version });
        if (kind === 'create') created.push(operation);
        return learn(made);
      }
      if (answer !== null && answer.status < 500) {
        // After a try that nobody answered, a refusal only says that it isn't done *now*.
        if (operation.attempts === 1) operation.outcome = 'refused';
        if (answer.status === 429) surprise(operation, answer);
        return look(task);
      }
      if (answer !== null && !isNotNow(answer)) surprise(operation, answer);
      // It names no version, so a second one could come after another device's deletion, and be right.
      if (kind === 'restore') return look(task);
      await pause(5 + random.below(20));
    }
  };
  /** Asks again for a task that it has, as a device does that wasn't told the first time. */
  const repeat = async (operation: Operation): Promise<void> => {
    operation.attempts++;
    const answer = await client.send(operation, null);
    if (answer === null || isNotNow(answer)) return;
    if (answer.status !== 201 || seenIn(answer).id !== operation.taskId) surprise(operation, answer);
  };

  return {
    step: () => {
      if (created.length > 0 && random.chance(0.05)) return repeat(random.pick(created));
      const create = tasks.length < 2 || random.chance(tasks.length < tasksPerUser ? 0.4 : 0.1);
      const task = create ? null : random.pick(tasks.slice(-tasksPerUser));
      return perform(wish(task), task);
    },
  };
}
