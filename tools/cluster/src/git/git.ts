import { CommandFailed, run } from '../processes';

/** Variables that a git hook or a shell may have left, and that would lead git to another repository. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_QUARANTINE_PATH'];

/**
 * The command line that runs git in its own light, for `spawn(command, args)`.
 *
 * @param variables set in addition to our own environment
 */
export const gitCommand = (
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): { readonly command: string; readonly args: readonly string[] } => {
  const unset = misleading.flatMap((name) => ['-u', name]);
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return { command: 'env', args: [...unset, ...set, 'git', ...args] };
};

/**
 * Runs git.
 *
 * @param directory a work tree or a bare repository
 * @returns what it printed, without the line break at the end
 * @throws CommandFailed with what git said
 */
export const git = async (directory: string, ...args: readonly string[]): Promise<string> => {
  const { command, args: words } = gitCommand(['-C', directory, ...args]);
  return (await run(command, words)).replace(/\n$/, '');
};

/** @returns undefined where git says no, e.g. for a ref or a setting that isn't there */
export const gitOrNothing = (directory: string, ...args: readonly string[]): Promise<string | undefined> =>
  git(directory, ...args).catch((error: unknown) => {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  });

/** What git calls a commit that isn't there, as when a branch begins or ends. */
export const noCommit = '0'.repeat(40);

/** First characters of a commit, as many as a person needs. */
export const short = (commit: string): string => commit.slice(0, 10);
