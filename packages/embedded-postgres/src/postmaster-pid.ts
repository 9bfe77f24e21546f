import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster';

/** What the server says of itself in `postmaster.pid` (src/include/utils/pidfile.h). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections. */
  readonly ready: boolean;
}

const fileOf = ({ data }: Cluster): string => join(data, 'postmaster.pid');

const linesOf = async (cluster: Cluster): Promise<string[]> => {
  try {
    return (await readFile(fileOf(cluster), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** The server of this cluster, running or killed; none after an orderly stop. */
export const readPostmaster = async (cluster: Cluster): Promise<Postmaster | undefined> => {
  const lines = await linesOf(cluster);
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
};

/**
 * Lets the next server take over the file of a killed one. PostgreSQL refuses when the number in it
 * is a living process, which after a restart of the machine or container may be any. A file of its
 * own parent it takes over, and still checks the shared memory named there: so the parent's number
 * goes in, rather than the file away.
 */
export const disownPostmaster = async (cluster: Cluster): Promise<void> => {
  const [first, ...rest] = await linesOf(cluster);
  if (first !== undefined) await writeFile(fileOf(cluster), [process.pid, ...rest].join('\n'));
};
