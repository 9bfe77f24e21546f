import { spawn } from 'node:child_process';

/** git failed; the message is what it said. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed';

  constructor(
    readonly command: string,
    readonly code: number | null,
    readonly output: string,
  ) {
    super(`\`git ${command}\` failed: ${output.trim() || `exit code ${code}`}`);
  }
}

/** What a hook of git passes on in its environment: it would make us work on the hook’s repository. */
const ofHooks = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_QUARANTINE_PATH'];

/** git speaks English to us, and fails where it would ask for a password: nobody may be there to answer. */
const always = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };

export interface GitOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs git.
 *
 * @returns what it wrote to its standard output
 * @throws GitFailed when it ends with another code than 0
 */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { cwd, input, environment = {} } = options;
  const assignments = Object.entries({ ...always, ...environment }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const child = spawn('env', [...ofHooks.flatMap((name) => ['-u', name]), ...assignments, 'git', ...args], {
    cwd,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // git may end before it has read everything: its exit code tells
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(out);
  throw new GitFailed(commandOf(args), code, Buffer.concat([...err, ...out]).toString());
}

export const gitText = async (args: readonly string[], options?: GitOptions): Promise<string> =>
  (await git(args, options)).toString().trimEnd();

/** The command without the options before it, which say nothing to the reader of a message. */
const commandOf = (args: readonly string[]): string => {
  const begin = args.findIndex(
    (arg, index) => !arg.startsWith('-') && !['-c', '--git-dir'].includes(args[index - 1] ?? ''),
  );
  return args.slice(begin, begin + 2).join(' ');
};
