import { newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import type { Random } from '../random';
import { createClient, type ClientOptions } from './client';
import { createDevice, type Known } from './device';
import type { Ledger, Operation } from './ledger';

export type { Kind, Ledger, Operation, Outcome } from './ledger';

/** What many devices do at once, until it is enough. */
export interface Load {
  readonly ledger: Ledger;
  /** Resolves after so many more acknowledgements. @throws Error when they don't come within 20 s */
  acknowledged(count: number): Promise<void>;
  /** Lets each device see its last wish through. */
  stop(): Promise<void>;
  /** Ends at once, whatever is still unanswered. */
  abandon(): void;
}

const users = 3;
/** Of one user: they change the same tasks. */
const devices = 3;

/** Starts the devices of users who have never been here. */
export function startLoad(url: ClientOptions['url'], random: Random): Load {
  const ledger = { operations: [] as Operation[], surprises: [] as string[] };
  const abandoned = new AbortController();
  let stopping = false;

  const runDevice = async (userId: string, tasks: Known[]): Promise<void> => {
    const client = createClient(userId, { url, signal: abandoned.signal });
    const device = createDevice({ client, userId, tasks, random: random.fork(), ledger });
    while (!stopping) await device.step();
  };
  const running = Promise.all(
    Array.from({ length: users }, newId).flatMap((userId) => {
      const tasks: Known[] = [];
      return Array.from({ length: devices }, () => runDevice(userId, tasks));
    }),
  );
  running.catch(() => undefined); // `stop` tells

  const acknowledgements = () => ledger.operations.filter(({ outcome }) => outcome === 'acknowledged').length;
  return {
    ledger,
    acknowledged: async (count) => {
      const enough = acknowledgements() + count;
      await waitUntil(() => acknowledgements() >= enough, {
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
