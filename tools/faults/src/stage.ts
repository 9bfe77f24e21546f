import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil, withClient, type Connection } from '@almanac/testkit';
import type { Client } from 'pg';
import { readContents, readUnrest, type Contents } from './contents';
import type { Server } from './postgres';
import { spawnSpare, type Spare, type Victim } from './victim-process';

/** What faults are played on: one database with one victim. What other issues break joins it here. */
export interface Stage {
  readonly server: Server;
  readonly database: Connection;
  /** The file with what its victims printed. */
  readonly log: string;
  /** The running victim. @throws Error when there is none, saying how the last one ended */
  victim(): Victim;
  /** Where the product answers; null while it is down. */
  url(): string | null;
  /** Loads the code of the next victim, so that it starts in a moment: to be said before the present one is killed. */
  prepareVictim(): void;
  /** Starts a victim and waits until it is ready. */
  startVictim(): Promise<Victim>;
  /** Starts one that is to be killed before anybody asks it anything. */
  startDoomedVictim(): { kill(): Promise<void> };
  /** Starts a second process on the same database: it relays and consumes, and nobody sends it requests. */
  startReplica(): Promise<Victim>;
  /** Asks the second process to stop, and waits until it has. */
  stopReplica(): Promise<void>;
  /** Cuts all connections to the database. */
  cutConnections(): Promise<void>;
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
  let lastEnd = 'none was started';
  let replica: Victim | null = null;
  const living = new Set<Spare>();
  const asAdmin = <Result>(work: (admin: Client) => Promise<Result>) =>
    withClient({ ...database, database: 'postgres' }, work);

  const spawn = (): Spare => {
    const process = spawnSpare(output.fd);
    living.add(process);
    void process.ended.then(() => living.delete(process));
    return process;
  };
  let spare: Spare | null = null;
  const take = (): Spare => {
    const taken = spare ?? spawn();
    spare = null;
    return taken;
  };
  return {
    server,
    database,
    log,
    victim: () => current ?? raise(`the product does not run: ${lastEnd}`),
    url: () => current?.url ?? null,
    prepareVictim: () => {
      spare ??= spawn();
    },
    startVictim: async () => {
      const victim = await take().start({ database, bug });
      current = victim;
      void victim.ended.then((how) => {
        current = null;
        lastEnd = `it ended (${how})`;
      });
      return victim;
    },
    startDoomedVictim: () => {
      const victim = take();
      victim.start({ database, bug }).catch(() => undefined); // nobody expects it to get that far
      return {
        kill: async () => {
          victim.kill('SIGKILL');
          await victim.ended;
        },
      };
    },
    startReplica: async () => {
      replica = await take().start({ database, bug });
      return replica;
    },
    stopReplica: async () => {
      replica?.kill('SIGTERM');
      await replica?.ended;
      replica = null;
    },
    cutConnections: async () => {
      await asAdmin((admin) =>
        admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]),
      );
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
      await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

const raise = (message: string): never => {
  throw new Error(message);
};
