import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Account } from './account';

/**
 * Stops the server `pid` when this process is gone, even by kill -9: a shell waits on a pipe whose
 * other end only we hold, and the kernel closes that. (Windows has neither; there the next start
 * stops what it finds.)
 *
 * @returns sends the guard home; to be called as soon as `pid` has ended, so that the number can't mean another process
 */
export const guard = (pid: number, account: Account | undefined): (() => void) => {
  if (process.platform === 'win32') return () => undefined;
  const shell = spawn('/bin/sh', ['-c', 'read _; kill -INT "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a Ctrl-C in the terminal isn't meant for it
    cwd: '/',
    env: {},
    ...account,
  });
  shell.on('error', () => undefined); // no shell: the next start stops what it finds
  shell.unref();
  (shell.stdin as Socket).unref();
  return () => void shell.kill('SIGKILL');
};
