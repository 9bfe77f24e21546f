import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GitFailed, gitText, openRepository, type Identity, type Repository } from '@almanac/gitops';
import { cacheDirectory } from '@almanac/kubernetes';

/** Remotes that are looked for when none is named: the cluster of this machine, then where everybody pushes. */
const preferred = ['local', 'origin'];

async function fromGit(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    return await gitText(args, { cwd });
  } catch (error) {
    if (error instanceof GitFailed) return undefined;
    throw error;
  }
}

/**
 * The address of the repository that says what runs where.
 *
 * @param asked the name of a git remote, or an address; without it, the remote `local`, else `origin`
 */
export async function remoteAddress(cwd: string, asked: string | undefined): Promise<string> {
  const names = (await fromGit(cwd, 'remote'))?.split('\n') ?? [];
  const name = asked ?? preferred.find((candidate) => names.includes(candidate));
  if (name === undefined)
    throw new Error(
      'no git remote is named local or origin here: go to your clone, or say --remote <address>',
    );
  return names.includes(name) ? gitText(['remote', 'get-url', name], { cwd }) : name;
}

/** The repository, by way of a clone of our own: what lies in the working copy is never touched. */
export const openRemote = (address: string, branch: string): Repository =>
  openRepository({
    remote: address,
    branch,
    cache: join(cacheDirectory(), 'state', createHash('sha256').update(address).digest('hex').slice(0, 16)),
  });

/** Who commits, as git knows it here. */
export async function whoAmI(cwd: string): Promise<Identity> {
  const [name, email] = [
    await fromGit(cwd, 'config', 'user.name'),
    await fromGit(cwd, 'config', 'user.email'),
  ];
  if (!name || !email)
    throw new Error('git doesn’t know who you are: `git config --global user.name …` and `user.email …`');
  return { name, email };
}
