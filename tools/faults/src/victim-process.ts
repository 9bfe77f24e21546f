import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Boot, Order, Report } from './victim/protocol';

/** A running victim. */
export interface Victim {
  readonly url: string;
  /** Resolves with what ended it, whoever did: `SIGKILL`, `exit code 0`. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
  /** Gives an order, and resolves with what it answers. @throws Error when it ends instead */
  tell(order: Order): Promise<Report>;
}

const root = join(__dirname, '../../..');

/**
 * Starts a victim; gives it back at once, as it may be killed before it is ready.
 *
 * @param log a file descriptor for what it prints
 */
export function spawnVictim(
  boot: Boot,
  log: number,
): Omit<Victim, 'url' | 'tell'> & { readonly ready: Promise<Victim> } {
  const child = fork(join(__dirname, 'victim/main.ts'), [JSON.stringify(boot)], {
    execArgv: ['--require', 'ts-node/register'],
    // Nothing of the terminal's or the test runner's environment is meant for it.
    env: { TS_NODE_PROJECT: join(root, 'tsconfig.base.json') },
    cwd: root,
    stdio: ['ignore', log, log, 'ipc'],
    detached: true, // a Ctrl-C in the terminal is for the harness, which ends its victims itself
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const kill: Victim['kill'] = (signal) => void child.kill(signal);
  const report = async (): Promise<Report> => {
    const end = ended.then((how) => Promise.reject(new Error(`the victim ended: ${how}`)));
    const [said] = (await Promise.race([once(child, 'message'), end])) as [Report];
    return said;
  };
  const tell = (order: Order): Promise<Report> => {
    child.send(order, () => undefined); // that it is gone shows in its end
    return report();
  };
  const ready = report().then((said): Victim => {
    if (said.said !== 'ready') throw new Error(`the victim said ${said.said} before it was ready`);
    return { url: said.url, ended, kill, tell };
  });
  ready.catch(() => undefined); // not everybody who starts one waits for it
  return { ready, ended, kill };
}
