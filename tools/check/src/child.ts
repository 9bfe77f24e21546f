import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

export interface Finished {
  readonly code: number;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
  /** Whether it had to be ended. */
  readonly hung: boolean;
}

export interface RunOptions {
  readonly cwd: string;
  /** Called for each line as it comes. */
  readonly onLine?: (line: string) => void;
  /** A line with which the program says that it hangs: it is ended, and has failed. */
  readonly hangs?: RegExp;
}

const running = new Set<ChildProcess>();

/** Ends a program along with all it started: each runs in a process group of its own. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // it was gone already
  }
}

/** Ends every program that still runs. */
export const endAll = (): void => {
  running.forEach((child) => {
    end(child, 'SIGTERM');
  });
};

/** Longer than any step takes on a slow machine: what runs longer hangs. */
const minutesAllowed = 15;

/** Runs a program to its end. One that hangs is ended and has failed. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, onLine, hangs }: RunOptions,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    let hung = false;
    const giveUp = () => {
      hung = true;
      end(child, 'SIGKILL');
    };
    const keep = (line: string) => {
      lines.push(line);
      onLine?.(line);
      if (hangs?.test(stripVTControlCharacters(line))) giveUp();
    };
    const limit = setTimeout(() => {
      keep(`It was ended, as it ran for ${minutesAllowed} minutes.`);
      giveUp();
    }, minutesAllowed * 60_000);
    const finish = (code: number) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ code, output: lines.join('\n'), hung });
    };

    running.add(child);
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', keep);
    child.on('error', (error) => {
      keep(`${command} could not be started: ${error.message}`);
      finish(127);
    });
    child.on('close', (code) => {
      finish(code ?? 1);
    });
  });
}

/** Runs a program of node_modules, on the Node that runs this one. */
export const runTool = (
  name: string,
  args: readonly string[],
  { cwd, ...options }: RunOptions,
): Promise<Finished> =>
  run(process.execPath, [join(cwd, 'node_modules', '.bin', name), ...args], { cwd, ...options });
