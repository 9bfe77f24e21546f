import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { linkNodeModules } from '@almanac/cluster';
import { platform, root } from './platform';

const run = promisify(execFile);

/** A clone as a platform engineer has it: edited, committed and pushed by hand, or through `npx almanac`. */
export interface WorkingCopy extends AsyncDisposable {
  readonly directory: string;
  git(...args: readonly string[]): Promise<string>;
  /** @returns what the server said to the pusher */
  push(): Promise<string>;
  /** Changes a file; commits nothing. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** Commits everything on top of what the server has. @returns the commit */
  commit(subject: string): Promise<string>;
  /** Runs `almanac`. @returns its standard output @throws with what it said when its exit code isn't 0 */
  almanac(...args: readonly string[]): Promise<string>;
}

/** Clones the repository of the cluster under test. */
export async function clone(): Promise<WorkingCopy> {
  const { remote, kubeconfig } = platform();
  const directory = await mkdtemp(join(tmpdir(), 'almanac-clone-'));
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', directory, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  await run('git', ['clone', '--quiet', '--origin', 'local', remote, directory]);
  await git('config', 'user.name', 'Platform Engineer');
  await git('config', 'user.email', 'engineer@almanac.example');
  await linkNodeModules(root, directory);

  return {
    directory,
    git,
    edit: async (path, change) => {
      const file = join(directory, path);
      const before = await readFile(file, 'utf8').catch(() => '');
      const after = change(before);
      if (after === before) throw new Error(`nothing would change in ${path}`);
      await writeFile(file, after);
    },
    commit: async (subject) => {
      await git('add', '--all');
      await git('commit', '--quiet', '--message', subject);
      await git('pull', '--quiet', '--rebase', 'local', 'main');
      return git('rev-parse', 'HEAD');
    },
    push: async () =>
      (await run('git', ['-C', directory, 'push', 'local', 'HEAD:main'], { maxBuffer: 64 * 1024 * 1024 }))
        .stderr,
    almanac: async (...args) => {
      const command = [join(root, 'tools/cli/bin/almanac.js'), ...args, '--kubeconfig', kubeconfig];
      try {
        return (await run(process.execPath, command, { cwd: directory })).stdout;
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        throw new Error(`almanac ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
