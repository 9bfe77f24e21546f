import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gitText, openRepository, type Repository } from '../../src';

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** A bare repository with these files on `main`, as a server holds it, and a working clone of it. */
export interface GitServer {
  readonly folder: string;
  readonly remote: string;
  /** A clone whose user is Ada. */
  readonly clone: string;
  /** Commits these files in the clone and pushes. @returns the commit */
  push(files: Readonly<Record<string, string | null>>, subject: string): Promise<string>;
  /** Brings the clone up to date. */
  pull(): Promise<void>;
  show(path: string, commit?: string): Promise<string>;
  git(...args: string[]): Promise<string>;
  open(cache?: string): Repository;
  remove(): Promise<void>;
}

export async function startGitServer(files: Readonly<Record<string, string>>): Promise<GitServer> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-gitops-'));
  const remote = join(folder, 'server.git');
  const clone = join(folder, 'clone');
  await gitText(['init', '--quiet', '--bare', '--initial-branch=main', remote]);
  await gitText(['init', '--quiet', '--initial-branch=main', clone]);
  const inClone = (...args: string[]) => gitText(['-C', clone, ...identity, ...args]);
  await inClone('remote', 'add', 'origin', remote);
  await inClone('config', 'user.name', 'Ada');
  await inClone('config', 'user.email', 'ada@example.com');

  const push = async (changed: Readonly<Record<string, string | null>>, subject: string): Promise<string> => {
    for (const [path, content] of Object.entries(changed)) {
      const file = join(clone, path);
      await mkdir(dirname(file), { recursive: true });
      await (content === null ? rm(file) : writeFile(file, content));
    }
    await inClone('add', '--all');
    await inClone('commit', '--quiet', '--allow-empty', '-m', subject);
    await inClone('push', '--quiet', 'origin', 'HEAD:main');
    return inClone('rev-parse', 'HEAD');
  };
  await push(files, 'The first commit');

  const git = (...args: string[]) => gitText([`--git-dir=${remote}`, ...args]);
  return {
    folder,
    remote,
    clone,
    push,
    pull: async () => {
      await inClone('pull', '--quiet', '--rebase', 'origin', 'main');
    },
    git,
    show: async (path, commit = 'main') => `${await git('show', `${commit}:${path}`)}\n`,
    open: (cache = join(folder, 'cache.git')) => openRepository({ remote, branch: 'main', cache }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
