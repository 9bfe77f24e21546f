import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountApi, pathOf, tasksApi, type CreateTask, type SignUp, type Task } from '@almanac/contracts';
import type { z } from 'zod';

const start = join(__dirname, '..', '..', '..', 'tools', 'start.mjs');

const zone = 'Europe/Berlin';

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  /** Calls the API in the person's name. @throws Error for an answer that isn't 2xx */
  call<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  add(task: z.input<typeof CreateTask>): Promise<Task>;
}

export interface Product {
  readonly url: string;
  /** Somebody with an account, and nothing in it. */
  person(name: string): Promise<Person>;
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
};

/** The whole product as `npm start` runs it, on a port and in a folder of its own. */
export async function startProduct(): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-e2e-'));
  const port = await freePort();
  const child = spawn(process.execPath, [start, '--port', String(port), '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  const isReady = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += String(chunk);
      if (output.includes('Ctrl-C stops it')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(`the product has ended:\n${output}`)));
  });
  await isReady;

  const url = `http://localhost:${port}`;
  let people = 0;
  return {
    url,
    person: async (name) => {
      const account: SignUp = {
        name,
        zone,
        email: `${name.toLowerCase()}-${++people}@example.org`,
        password: 'correct horse',
      };
      const ask = async (
        method: string,
        path: string,
        body?: unknown,
        headers: Record<string, string> = {},
      ) => {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return response.status === 204 ? undefined : response.json();
      };
      const { accessToken } = (await ask(
        'POST',
        pathOf(accountApi, accountApi.operations.signUp),
        account,
      )) as {
        accessToken: string;
      };
      const call: Person['call'] = async (method, path, body, headers) =>
        (await ask(method, path, body, { authorization: `Bearer ${accessToken}`, ...headers })) as never;
      return { ...account, call, add: (task) => call('POST', tasksApi.prefix, task) };
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, maxRetries: 10 });
    },
  };
}
