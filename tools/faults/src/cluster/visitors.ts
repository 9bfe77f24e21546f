import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { accountApi, pathOf, tasksApi, type AccessToken } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Target } from './target';

/** People who use an environment through its gateway. */
export interface Visitors {
  /** One request of one of them; rejects when its answer isn't the one hoped for. */
  visit(number: number): Promise<void>;
  leave(): void;
}

/** So many that none of them meets the limit of requests a minute. */
const people = 10;

/** One request in so many is for the page, which has a limit per address: all of us have the same. */
const pageEvery = 16;

/** Milliseconds until an answer counts as none. */
const patience = 10_000;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Signs up people who then read, write and look at the page through the gateway. */
export async function invite({ gateway, hostname }: Target): Promise<Visitors> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const send = ({ method, path, headers, body }: Call): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request({ agent, method, path, ...gateway, timeout: patience }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject).on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300) resolve(text);
          else reject(new Error(`${method} ${path} answered ${statusCode}: ${text.slice(0, 200)}`));
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in ${patience} ms`)));
      call.on('error', reject);
      call.setHeader('host', `${hostname}:${gateway.port}`);
      for (const [name, value] of Object.entries(headers ?? {})) call.setHeader(name, value);
      if (body === undefined) return void call.end();
      call.setHeader('content-type', 'application/json');
      call.end(JSON.stringify(body));
    });

  const tokens: string[] = [];
  for (let index = 0; index < people; index++) {
    const visitor = {
      email: `visitor-${newId()}@almanac.example`,
      password: randomBytes(18).toString('base64url'),
      name: 'Visitor',
      zone: 'Europe/Berlin',
    };
    const path = pathOf(accountApi, accountApi.operations.signUp);
    tokens.push((JSON.parse(await send({ method: 'POST', path, body: visitor })) as AccessToken).accessToken);
  }

  const { createTask, listTasks } = tasksApi.operations;
  const callOf = (number: number): Call => {
    if (number % pageEvery === 0) return { method: 'GET', path: '/' };
    const authorization = `Bearer ${tokens[number % people]}`;
    return number % 2 === 0
      ? {
          method: 'POST',
          path: pathOf(tasksApi, createTask),
          headers: { authorization, 'idempotency-key': newId() },
          body: { title: `Task ${number}` },
        }
      : { method: 'GET', path: `${pathOf(tasksApi, listTasks)}?limit=10`, headers: { authorization } };
  };
  return {
    visit: async (number) => {
      await send(callOf(number));
    },
    leave: () => agent.destroy(),
  };
}
