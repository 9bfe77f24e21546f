import { execFile, type SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import type { Account } from './account';

/** PostgreSQL's own programs: where they are, and under which account they run (none: ours). */
export interface Programs {
  /** Folder with `bin`, `lib` and `share`. */
  readonly directory: string;
  readonly account: Account | undefined;
}

export type Program = 'initdb' | 'pg_ctl' | 'postgres';

export const pathOf = ({ directory }: Programs, program: Program): string => join(directory, 'bin', program);

/**
 * How the data folder is called on the command line of a program that runs *in* it. On Linux by a
 * link of the kernel's, which works where the account may not walk through the folders above (a
 * home of mode 0700, when root starts) and keeps any path short enough.
 */
export const dataArgument = (data: string): string =>
  process.platform === 'linux' ? '/proc/self/cwd' : data;

/** Nothing of the environment: `PGDATA`, `PGPORT` or `LC_ALL` of the person who starts isn't meant for us. */
export const spawnOptions = ({ account }: Programs, cwd: string) =>
  ({ cwd, env: {}, windowsHide: true, ...account }) satisfies SpawnOptions;

/** Runs a program to its end. @throws Error with all it had to say */
export const run = (programs: Programs, program: Program, args: string[], cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(pathOf(programs, program), args, spawnOptions(programs, cwd), (error, stdout, stderr) => {
      if (!error) return resolve();
      const said = `${stdout}${stderr}`.trim();
      reject(new Error(said ? `${program} failed:\n${said}` : error.message, { cause: error }));
    });
  });
