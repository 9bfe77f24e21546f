import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitUntil } from '@almanac/testkit';

const root = join(__dirname, '..', '..');

export type LogLine = Readonly<Record<string, unknown>>;

/** A program of the product as a process of its own. */
export interface Program {
  /** What it has logged so far: a line that is no JSON is an error. */
  lines(): LogLine[];
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** @param env all that it gets of an environment */
export function startProgram(main: string, args: string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, ['--require', 'ts-node/register', join(root, main), ...args], {
    cwd: root,
    env: { TS_NODE_PROJECT: join(root, 'tsconfig.base.json'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  return {
    lines: () =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogLine),
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

export interface ServiceProgram extends Program {
  readonly url: string;
  /** Its answer to the probe, and what is failing. */
  readiness(): Promise<{ status: number; failing: Readonly<Record<string, string>> }>;
  /** Waits until the probe says yes. */
  ready(): Promise<void>;
}

/** Starts a service on a port of its own, and waits until it is alive. */
export async function startServiceProgram(
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProgram> {
  const port = env.ALMANAC_PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const program = startProgram(`services/${name}/src/main.ts`, [], {
    ALMANAC_HOST: '127.0.0.1',
    ...env,
    ALMANAC_PORT: port,
  });
  const readiness = async () => {
    const answer = await fetch(`${url}/health/ready`);
    const { failing = {} } = (await answer.json()) as { failing?: Record<string, string> };
    return { status: answer.status, failing };
  };
  await waitUntil(async () => (await fetch(`${url}/health/live`)).ok, {
    timeout: 20_000,
    until: () => ['it was alive', ...program.lines()],
  });
  return {
    ...program,
    ...{ url, readiness },
    ready: async () => {
      await waitUntil(async () => (await readiness()).status === 200, {
        timeout: 20_000,
        until: () => ['it was ready', ...program.lines().slice(-3)],
      });
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
