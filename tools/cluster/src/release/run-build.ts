import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { short } from '../git/git';
import { filesOf } from '../state';
import { checkOut, linkNodeModules } from './worktree';

/** The build of a commit failed. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';

  constructor(
    commit: string,
    /** The last lines that it said. */
    readonly lines: readonly string[],
  ) {
    super(`The build of ${short(commit)} failed.`);
  }
}

export interface BuildOptions {
  /** `images`: builds its images and gives them to the cluster; `release`: also writes its releases. */
  readonly task: 'images' | 'release';
  /** The folder of the cluster. */
  readonly directory: string;
  /** Where packages are taken from. */
  readonly workingCopy: string;
  readonly commit: string;
  /** Gets each line of progress. */
  readonly say: (line: string) => void;
}

const script = 'tools/cluster/src/release/main.ts';

/**
 * Builds a commit by its own code: `release/main.ts` of that commit, in a process of its own, so that a build that
 * fails or needs much memory takes nothing else along.
 *
 * @throws BuildFailed
 */
export const runBuild = async ({
  task,
  directory,
  workingCopy,
  commit,
  say,
}: BuildOptions): Promise<void> => {
  const { repository, worktree } = filesOf(directory);
  await checkOut(repository, worktree, commit);
  const isLinked = await linkNodeModules(workingCopy, worktree);
  if (!isLinked)
    say('Its packages are not those of the working copy (package-lock.json differs): it gets its own');
  const start = isLinked
    ? ['--require', join(worktree, 'node_modules', 'ts-node', 'register'), join(worktree, script)]
    : [join(worktree, 'tools', 'bootstrap.mjs'), script];

  const project = `TS_NODE_PROJECT=${join(worktree, 'tsconfig.base.json')}`;
  const child = spawn('env', [project, process.execPath, ...start, task, directory, commit], {
    cwd: worktree,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const hear = (line: string) => {
    lines.push(line);
    say(line);
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', hear);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new BuildFailed(commit, lines.slice(-20));
};
