import { spawn } from 'node:child_process';

/** A program that ended with an error. The message tells the command and what it said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    command: string,
    /** null if a signal ended it */
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`${command}\nended with ${exitCode ?? 'a signal'}${output === '' ? '' : `:\n${output}`}`);
  }
}

/** The program isn't there. */
export class CommandMissing extends Error {
  override readonly name = 'CommandMissing';

  constructor(readonly command: string) {
    super(`There is no program ${command} on the PATH.`);
  }
}

/** A command as a person reads it: of a script only its first line. */
const inWords = (command: string, args: readonly string[]): string =>
  [command, ...args].map((part) => part.replace(/\n.*/s, ' …')).join(' ');

export interface RunOptions {
  /** What it reads from stdin; nothing by default. */
  readonly input?: string;
  /** ms after which it is ended; none by default. */
  readonly timeout?: number;
}

export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<string>;

/**
 * Runs a program to its end.
 * @returns what it wrote to stdout
 * @throws CommandFailed, CommandMissing
 */
export const run: Run = (command, args, { input = '', timeout } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', ...(timeout !== undefined && { timeout }) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new CommandMissing(command) : error),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandFailed(inWords(command, args), code, (stderr || stdout).trim()));
    });
    child.stdin.on('error', () => undefined); // it may end without reading: its exit code says enough
    child.stdin.end(input);
  });
