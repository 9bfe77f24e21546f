import { constants } from 'node:fs';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAccount } from './account';
import { defaultCacheDirectory, installedDistribution, usablePrograms } from './binaries';
import {
  assertReadable,
  clusterAt,
  createCluster,
  majorVersion,
  removeCluster,
  superuser,
  type Cluster,
} from './cluster';
import { DatabaseUnavailable } from './database-unavailable';
import { tryLock, type Lock } from './lock';
import type { Programs } from './programs';
import { clearLeftover, host, startServer, stopServer, type Settings } from './server';

export type { Settings } from './server';

/** What takes a noticeable time, as it begins. */
export type Progress = 'copying-programs' | 'creating-database' | 'stopping-leftover' | 'starting';

export interface PostgresOptions {
  /** Where everything is kept; made if it isn't there. */
  readonly dataDirectory: string;
  /** Of postgresql.conf. `fsync: false` also makes creating faster, and is for tests only. */
  readonly settings?: Settings;
  readonly onProgress?: (step: Progress) => void;
  /** Where a copy of the programs goes if npm's can't be run. By default the user's cache. */
  readonly cacheDirectory?: string;
}

/** A running PostgreSQL that is this process's alone. */
export interface Postgres {
  readonly host: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  readonly password: string;
  /** Of the server's main process. */
  readonly pid: number;
  /** Resolves with what ended it, asked for or not: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Cuts off clients, waits until everything is written and the server is gone. May be called again. */
  readonly stop: () => Promise<void>;
}

const ownerFile = (dataDirectory: string): string => join(dataDirectory, 'almanac.pid');

/** The process that holds the lock writes its number a moment after taking it. */
const pidOfOwner = async (dataDirectory: string): Promise<string> => {
  for (let tries = 0; tries < 20; tries += 1) {
    const pid = await readFile(ownerFile(dataDirectory), 'utf8').catch(() => '');
    if (pid) return pid.trim();
    await sleep(25);
  }
  return 'unknown';
};

/** @throws DatabaseUnavailable when the folder can't be used, or a living process uses it */
const takeDirectory = async (dataDirectory: string): Promise<Lock> => {
  try {
    await mkdir(dataDirectory, { recursive: true });
    await access(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new DatabaseUnavailable(
      `Data can't be kept in ${dataDirectory} (${code}). Choose another folder.`,
      {
        cause,
      },
    );
  }
  const lock = tryLock(join(dataDirectory, 'lock'));
  if (!lock) {
    const pid = await pidOfOwner(dataDirectory);
    throw new DatabaseUnavailable(
      `The data in ${dataDirectory} is in use by an Almanac that runs (pid ${pid}). Stop it, or choose another folder.`,
    );
  }
  await writeFile(ownerFile(dataDirectory), `${process.pid}\n`);
  return lock;
};

interface Held {
  readonly programs: Programs;
  readonly cluster: Cluster;
  /** The version of the programs. */
  readonly version: string;
  /** The major version of the data; none when there is no database yet. */
  readonly written: number | undefined;
  readonly release: () => Promise<void>;
}

/** Takes the data directory, and finds out what is in it and what can run it. */
const hold = async (options: PostgresOptions): Promise<Held> => {
  const dataDirectory = resolve(options.dataDirectory);
  const cluster = clusterAt(join(dataDirectory, 'postgres'));
  const lock = await takeDirectory(dataDirectory);
  const release = async () => {
    await rm(ownerFile(dataDirectory), { force: true });
    lock.release();
  };
  try {
    const distribution = await installedDistribution();
    const programs = await usablePrograms({
      distribution,
      account: await databaseAccount(cluster.data),
      cacheDirectory: resolve(options.cacheDirectory ?? defaultCacheDirectory()),
      onCopy: () => options.onProgress?.('copying-programs'),
    });
    return {
      programs,
      cluster,
      version: distribution.version,
      written: await majorVersion(cluster),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
};

/**
 * Starts a PostgreSQL of our own on `dataDirectory`: creates the database the first time, recovers
 * it after a crash, takes it over from a run that was killed. It listens on a free port of this
 * machine only, and asks for a password that only the database's owner can read.
 *
 * @throws DatabaseUnavailable when the folder is in use or can't be used, another major version
 *   wrote it, or PostgreSQL doesn't run here; with what to do about it
 */
export const startPostgres = async (options: PostgresOptions): Promise<Postgres> => {
  const { settings = {}, onProgress = () => undefined } = options;
  const { programs, cluster, version, written, release } = await hold(options);
  try {
    if (written === undefined) {
      onProgress('creating-database');
      await createCluster(programs, cluster, { durable: settings.fsync !== false });
    } else {
      assertReadable(cluster, written, version);
      await clearLeftover(programs, cluster, () => onProgress('stopping-leftover'));
    }
    onProgress('starting');
    const password = await readFile(cluster.passwordFile, 'utf8');
    const { pid, port, ended } = await startServer(programs, cluster, settings);

    let running = true;
    void ended.then(() => (running = false));
    const stopNow = async () => {
      if (running) {
        await stopServer(programs, cluster).catch((error: unknown) => {
          if (running) throw error; // else it ended by itself meanwhile
        });
      }
      await ended;
      await release();
    };
    let stopped: Promise<void> | undefined;
    return { host, port, user: superuser, password, pid, ended, stop: () => (stopped ??= stopNow()) };
  } catch (error) {
    await release();
    throw error;
  }
};

/** Removes the database in `dataDirectory`, if there is one. @throws DatabaseUnavailable when it is in use */
export const removePostgres = async (options: Omit<PostgresOptions, 'settings'>): Promise<void> => {
  const { programs, cluster, written, release } = await hold(options);
  try {
    if (written === undefined) return;
    await clearLeftover(programs, cluster, () => options.onProgress?.('stopping-leftover'));
    await removeCluster(cluster);
  } finally {
    await release();
  }
};
