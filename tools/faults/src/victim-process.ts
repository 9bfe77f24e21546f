import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Boot, Order, Report } from './victim/protocol';

/** A process that is there to be broken. */
export interface Victim {
  /** Where it answers. */
  readonly url: string;
  /** Resolves with what ended it, whoever did: `SIGKILL`, `exit code 0`. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Gives an order, and resolves with what it answers. @throws Error when it ends instead */
  tell(order: Order): Promise<Report>;
}

/** One that has loaded its code, and waits. */
export interface Spare extends Omit<Victim, 'url' | 'tell'> {
  /** Resolves when it serves. @throws Error when it ends instead */
  start(boot: Boot): Promise<Victim>;
}

const root = join(__dirname, '../../..');

/**
 * Spawns a process that loads the product's code and waits: most of a start is that, and with it
 * done beforehand a victim has its successor soon.
 *
 * @param output a file descriptor for what it prints
 */
export function spawnSpare(output: number): Spare {
  const child = fork(join(__dirname, 'victim/main.ts'), {
    execArgv: ['--require', 'ts-node/register'],
    // Nothing of the terminal's or the test runner's environment is meant for it.
    env: { TS_NODE_PROJECT: join(root, 'tsconfig.base.json') },
    cwd: root,
    stdio: ['ignore', output, output, 'ipc'],
    detached: true, // a Ctrl-C in the terminal is for the harness, which ends its victims itself
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const kill: Victim['kill'] = (signal) => void child.kill(signal);
  const tell = async (order: Order): Promise<Report> => {
    const end = ended.then((how) => Promise.reject(new Error(`the victim ended: ${how}`)));
    const answer = once(child, 'message');
    child.send(order, () => undefined); // that it is gone shows in its end
    const [report] = (await Promise.race([answer, end])) as [Report];
    return report;
  };
  return {
    ended,
    kill,
    start: async (boot) => {
      const report = await tell({ do: 'start', boot });
      if (report.said !== 'ready') throw new Error(`the victim said ${report.said} when it was to start`);
      return { url: report.url, ended, kill, tell };
    },
  };
}
