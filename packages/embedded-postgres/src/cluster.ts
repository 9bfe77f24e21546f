import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseUnavailable } from './database-unavailable';
import { dataArgument, run, type Programs } from './programs';

/** What PostgreSQL calls a cluster: all databases of one server. */
export interface Cluster {
  /** Everything below is in here, and belongs to the database's account. */
  readonly home: string;
  readonly data: string;
  /** The superuser's password, mode 0600. */
  readonly passwordFile: string;
  readonly log: string;
}

export const superuser = 'postgres';

export const clusterAt = (home: string): Cluster => ({
  home,
  data: join(home, 'data'),
  passwordFile: join(home, 'password'),
  log: join(home, 'log'),
});

/** The C.UTF-8 rules are built in since 17; this is for what still asks the system: what a letter is. */
const systemLocale: Partial<Record<NodeJS.Platform, string>> = { darwin: 'en_US.UTF-8', win32: 'C' };

/** The major version that wrote the data; none when there is no cluster. */
export const majorVersion = async ({ data }: Cluster): Promise<number | undefined> => {
  try {
    return Number.parseInt(await readFile(join(data, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** @throws DatabaseUnavailable when another major version wrote it: PostgreSQL can't read that */
export const assertReadable = (cluster: Cluster, written: number, version: string): void => {
  const ours = Number.parseInt(version, 10);
  if (written === ours) return;
  throw new DatabaseUnavailable(
    `The data in ${cluster.home} was written by PostgreSQL ${written}; this is PostgreSQL ${ours}, which can't read it. ` +
      `Move it over with pg_dump of version ${written}, or begin anew in another folder.`,
  );
};

export interface CreateOptions {
  /** Whether the files must be on disk before it counts as created; false is for tests. */
  readonly durable: boolean;
}

/**
 * Creates a cluster. It is made aside and renamed, so that one killed half-way never counts.
 * @throws DatabaseUnavailable with what initdb says
 */
export const createCluster = async (
  programs: Programs,
  cluster: Cluster,
  { durable }: CreateOptions,
): Promise<void> => {
  const aside = clusterAt(`${cluster.home}.new`);
  await rm(aside.home, { recursive: true, force: true });
  await mkdir(aside.data, { recursive: true });
  await writeFile(aside.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (programs.account) {
    const { uid, gid } = programs.account;
    for (const path of [aside.home, aside.data, aside.passwordFile]) await chown(path, uid, gid);
  }
  const args = [
    `--pgdata=${dataArgument(aside.data)}`,
    `--username=${superuser}`,
    '--pwfile=../password',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--locale=${systemLocale[process.platform] ?? 'C.UTF-8'}`,
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(programs, 'initdb', args, aside.data);
  } catch (error) {
    throw new DatabaseUnavailable(
      `No database can be created in ${cluster.home}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  await rename(aside.home, cluster.home);
};

/** Removes a cluster nothing runs on. Half of one, should this be killed, never looks like a whole one. */
export const removeCluster = async ({ home }: Cluster): Promise<void> => {
  const aside = `${home}.old`;
  await rm(aside, { recursive: true, force: true });
  await rename(home, aside);
  await rm(aside, { recursive: true });
};
