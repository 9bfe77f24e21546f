import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { clusterAt, superuser } from './cluster';
import { readPostmaster } from './postmaster-pid';
import { host } from './server';
import type { Postgres } from './start-postgres';

/** How another process of the same person connects. */
export type Address = Pick<Postgres, 'host' | 'port' | 'user' | 'password'>;

/**
 * The PostgreSQL that runs on a data directory, started by another process; for tools. Undefined when
 * none does: its file may be left from a killed one, so connecting can still fail.
 */
export const findPostgres = async (dataDirectory: string): Promise<Address | undefined> => {
  const cluster = clusterAt(join(resolve(dataDirectory), 'postgres'));
  const postmaster = await readPostmaster(cluster);
  if (!postmaster?.ready) return undefined;
  return {
    host,
    port: postmaster.port,
    user: superuser,
    password: await readFile(cluster.passwordFile, 'utf8'),
  };
};
