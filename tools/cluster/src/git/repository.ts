import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { git, gitOrNothing } from './git';

/** Who writes the commits that no person wrote. */
export const bot = { name: 'Almanac', email: 'bot@almanac.example' };

const hook = resolve(__dirname, '../../hooks/post-receive.mjs');

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Makes the repository that the cluster is synced from: bare, with the working copy's head as its `main`. One
 * that is there keeps what it has.
 *
 * @param socket where its hook reports pushes
 * @returns whether it is new
 */
export const ensureRepository = async (
  repository: string,
  { workingCopy, socket }: { readonly workingCopy: string; readonly socket: string },
): Promise<boolean> => {
  const isThere = await gitOrNothing(repository, 'rev-parse', '--verify', 'refs/heads/main');
  if (isThere === undefined) {
    const aside = `${repository}.${process.pid}`; // never there by half
    await rm(repository, { recursive: true, force: true });
    await rm(aside, { recursive: true, force: true });
    await mkdir(resolve(repository, '..'), { recursive: true, mode: 0o700 });
    await git('/', 'init', '--quiet', '--bare', '--initial-branch', 'main', aside);
    await git(workingCopy, 'push', '--quiet', aside, 'HEAD:refs/heads/main');
    await rename(aside, repository);
  }
  await git(repository, 'config', 'user.name', bot.name);
  await git(repository, 'config', 'user.email', bot.email);
  // Argo CD asks for commits that no branch ends at: those that releases name.
  await git(repository, 'config', 'uploadpack.allowReachableSHA1InWant', 'true');
  const script = ['#!/bin/sh', `exec ${[process.execPath, hook, socket].map(quoted).join(' ')}`, ''].join(
    '\n',
  );
  await writeFile(join(repository, 'hooks', 'post-receive'), script, { mode: 0o755 });
  return isThere === undefined;
};

/**
 * Gives the working copy a remote of this name and address, unless one of that name leads elsewhere.
 *
 * @returns `other` is where it leads then
 */
export const ensureRemote = async (
  workingCopy: string,
  name: string,
  url: string,
): Promise<{ readonly other: string | undefined }> => {
  const present = await gitOrNothing(workingCopy, 'remote', 'get-url', name);
  if (present === undefined) await git(workingCopy, 'remote', 'add', name, url);
  return { other: present === url ? undefined : present };
};
