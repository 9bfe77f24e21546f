import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil, withClient, type Connection } from '@almanac/testkit';
import { readContents, readUnrest, type Contents } from './contents';
import type { Server } from './postgres';
import { spawnVictim, type Victim } from './victim-process';

/** What faults are played on: one database with one victim. What other issues break joins it here. */
export interface Stage {
  readonly server: Server;
  readonly database: Connection;
  /** The file with what its victims printed. */
  readonly log: string;
  /** The running victim. @throws Error when there is none */
  victim(): Victim;
  /** Where the product answers; null while it is down. */
  url(): string | null;
  /** Starts a victim and waits until it is ready. */
  startVictim(): Promise<Victim>;
  /** Starts one that is to be killed before it is ready. */
  startDoomedVictim(): { kill(): Promise<void> };
  readContents(): Promise<Contents>;
  /** Resolves when no event is on its way any more. @throws Error saying what still is */
  rest(within: number): Promise<void>;
  /** Kills the victim and drops the database. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly server: Server;
  /** Where the victims' output goes. */
  readonly directory: string;
  readonly bug?: string | undefined;
}

let stages = 0;

export async function openStage({ server, directory, bug }: StageOptions): Promise<Stage> {
  const name = `stage_${++stages}`;
  const database = { ...server.address, database: name };
  const log = join(directory, `${name}.log`);
  const output = await open(log, 'a');
  let current: Victim | null = null;
  const living = new Set<ReturnType<typeof spawnVictim>>();

  const spawn = () => {
    const victim = spawnVictim({ database, bug }, output.fd);
    living.add(victim);
    void victim.ended.then(() => living.delete(victim));
    return victim;
  };
  return {
    server,
    database,
    log,
    victim: () => current ?? raise('there is no victim running'),
    url: () => current?.url ?? null,
    startVictim: async () => {
      const victim = await spawn().ready;
      current = victim;
      void victim.ended.then(() => (current = null));
      return victim;
    },
    startDoomedVictim: () => {
      const victim = spawn();
      return {
        kill: async () => {
          victim.kill('SIGKILL');
          await victim.ended;
        },
      };
    },
    readContents: () => withClient(database, readContents),
    rest: (within) =>
      withClient(database, async (admin) => {
        let unrest: string[] = [];
        const isQuiet = async () => (unrest = await readUnrest(admin)).length === 0;
        await waitUntil(isQuiet, { timeout: within, until: () => `these were done: ${unrest.join(', ')}` });
      }),
    close: async () => {
      for (const victim of living) victim.kill('SIGKILL');
      await Promise.all([...living].map(({ ended }) => ended));
      await output.close();
      await withClient({ ...database, database: 'postgres' }, (admin) =>
        admin.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

const raise = (message: string): never => {
  throw new Error(message);
};
