import { DatabaseSync } from 'node:sqlite';

export interface Lock {
  release(): void;
}

/** Keeps what is held from the garbage collector, which would close it. */
const held = new Set<DatabaseSync>();

const busy = 5; // SQLITE_BUSY

const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === busy;

/**
 * Takes `file` for this process. Node has no flock, SQLite has: the kernel lets go of its lock when
 * the process dies, however it dies, so there is no stale lock and no process id to mistrust. (It
 * also lets go when this process opens and closes the file by any other means: don't.)
 *
 * @returns undefined when a living process holds it (also this one)
 */
export const tryLock = (file: string): Lock | undefined => {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY'); // nothing is written, so nothing may be left behind
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      held.delete(database);
      database.close();
    },
  };
};
