import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const git = async (...args: string[]): Promise<string> => (await run('git', args)).stdout.trimEnd();

/** A bare repository, as a server holds it, and a working clone of it whose user is Ada. */
export interface GitServer {
  /** Everything of it is in here; a test may put more there. */
  readonly folder: string;
  readonly remote: string;
  readonly clone: string;
  /** Commits these files in the clone (null: deleted) and pushes to `main`. @returns the commit */
  push(files: Readonly<Record<string, string | null>>, subject: string): Promise<string>;
  /** Brings the clone up to date. */
  pull(): Promise<void>;
  /** A file as the server has it. */
  show(path: string, commit?: string): Promise<string>;
  /** Runs git in the server’s repository. */
  git(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** @param files the first commit */
export async function startGitServer(files: Readonly<Record<string, string>>): Promise<GitServer> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-git-'));
  const [remote, clone] = [join(folder, 'server.git'), join(folder, 'clone')];
  await git('init', '--quiet', '--bare', '--initial-branch=main', remote);
  await git('clone', '--quiet', remote, clone);
  const inClone = (...args: string[]) => git('-C', clone, ...args);
  await inClone('config', 'user.name', 'Ada');
  await inClone('config', 'user.email', 'ada@example.com');

  const push: GitServer['push'] = async (changed, subject) => {
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

  const onServer = (...args: string[]) => git(`--git-dir=${remote}`, ...args);
  return {
    folder,
    remote,
    clone,
    push,
    pull: async () => {
      await inClone('pull', '--quiet', '--rebase', 'origin', 'main');
    },
    git: onServer,
    show: async (path, commit = 'main') =>
      (await run('git', [`--git-dir=${remote}`, 'show', `${commit}:${path}`])).stdout,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
