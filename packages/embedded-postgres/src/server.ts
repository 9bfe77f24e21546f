import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, readlink, realpath, rename } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster';
import { DatabaseUnavailable } from './database-unavailable';
import { guard } from './guard';
import { disownPostmaster, readPostmaster } from './postmaster-pid';
import { dataArgument, pathOf, run, spawnOptions, type Programs } from './programs';

export const host = '127.0.0.1';

/** Long enough for the recovery after a crash; ms. */
const startTimeout = 60_000;

/** Settings of postgresql.conf by name. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Resolves with what ended it, e.g. `exit code 0` or `SIGKILL`. */
  readonly ended: Promise<string>;
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const settingArguments = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`,
  ]);

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message)); // it did not even start
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });

const openLog = async ({ log }: Cluster) => {
  await rename(log, `${log}.previous`).catch(() => undefined); // there is none the first time
  return open(log, 'a', 0o600);
};

const launch = async (programs: Programs, cluster: Cluster, settings: Settings): Promise<Server> => {
  const port = await freePort();
  const log = await openLog(cluster);
  const args = settingArguments({
    listen_addresses: host,
    port,
    unix_socket_directories: '', // their paths may have 107 bytes only
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: false,
    ...settings,
  });
  const child = spawn(pathOf(programs, 'postgres'), ['-D', dataArgument(cluster.data), ...args], {
    ...spawnOptions(programs, cluster.data),
    stdio: ['ignore', log.fd, log.fd],
    detached: process.platform !== 'win32', // a Ctrl-C in the terminal is for us: we stop it, last
  });
  const ended = endOf(child);
  await log.close();
  if (child.pid === undefined) throw new DatabaseUnavailable(`PostgreSQL can't be started: ${await ended}`);
  const dismiss = guard(child.pid, programs.account);
  void ended.then(dismiss);
  return { pid: child.pid, port, ended };
};

/** @returns what ended it before it was ready, or undefined: it is ready */
const failureToStart = async ({ pid, ended }: Server, cluster: Cluster, deadline: number) => {
  for (;;) {
    const end = await Promise.race([ended, sleep(15)]);
    if (end) return end;
    const postmaster = await readPostmaster(cluster);
    if (postmaster?.pid === pid && postmaster.ready) return undefined;
    if (Date.now() > deadline) return 'not ready in time';
  }
};

/** Reasons that pass: the port was free a moment ago, and a killed server's children take a moment to go. */
const passing = /could not bind|Address already in use|pre-existing shared memory block/;

/** Starts the server and waits until it takes connections. */
export const startServer = async (
  programs: Programs,
  cluster: Cluster,
  settings: Settings,
): Promise<Server> => {
  const deadline = Date.now() + startTimeout;
  for (;;) {
    const server = await launch(programs, cluster, settings);
    const failure = await failureToStart(server, cluster, deadline);
    if (!failure) return server;
    await stopServer(programs, cluster).catch(() => undefined); // it most likely is gone
    const said = await readFile(cluster.log, 'utf8');
    if (!passing.test(said) || Date.now() > deadline) {
      throw new DatabaseUnavailable(
        `PostgreSQL did not start (${failure}). It says:\n${said.trim().split('\n').slice(-10).join('\n')}`,
      );
    }
    await sleep(100);
  }
};

/** Ends the server of this cluster: clients are cut off, everything is written, and it waits for that. */
export const stopServer = async (programs: Programs, cluster: Cluster): Promise<void> => {
  const stop = (mode: 'fast' | 'immediate') => {
    const args = ['stop', '-D', dataArgument(cluster.data), '-m', mode, '-w', '-t', '60'];
    return run(programs, 'pg_ctl', args, cluster.data);
  };
  await stop('fast').catch(async (error: unknown) => {
    if (await readPostmaster(cluster)) await stop('immediate');
    else if (!String(error).includes('Is server running')) throw error;
  });
};

/** Whether `pid` is a server of this cluster, which stands in its data folder, and not a process that got its number. */
const servesCluster = async (pid: number, { data }: Cluster): Promise<boolean> => {
  if (process.platform === 'linux') {
    const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return workingDirectory === (await realpath(data));
  }
  const ps = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  ps.on('error', () => undefined);
  let command = '';
  for await (const chunk of ps.stdout) command += String(chunk);
  return command.includes(data);
};

/**
 * Takes over what a killed run left: stops its server if that still runs, then clears the way.
 * Only for whoever holds the data directory's lock.
 */
export const clearLeftover = async (
  programs: Programs,
  cluster: Cluster,
  onStop: () => void,
): Promise<void> => {
  const postmaster = await readPostmaster(cluster);
  if (postmaster && (await servesCluster(postmaster.pid, cluster))) {
    onStop();
    await stopServer(programs, cluster);
  }
  await disownPostmaster(cluster);
};
