import { connect } from 'node:net';
import { Problem, Task, type CloudEvent } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { busSchema, createEmbeddedBus } from '@almanac/messaging';
import { createMetrics } from '@almanac/service-kit';
import { createManualClock, createManualScheduler, createTestDatabase, waitUntil } from '@almanac/testkit';
import {
  createTestTokens,
  silentLogger,
  startService,
  type Answer,
  type Client,
} from '@almanac/testkit/service';
import { Client as PostgresClient } from 'pg';
import { createTaskApi, taskApiSchema } from '../src';

export type TaskApiUnderTest = Awaited<ReturnType<typeof startTaskApi>>;

/** task-api as its main would compose it, on a database, a bus and an issuer of its own. */
export async function startTaskApi({ requestsPerMinute = 1_000_000 } = {}) {
  const database = await createTestDatabase({ schemas: [taskApiSchema, busSchema] });
  const bus = createEmbeddedBus({ connection: database.configFor(busSchema) });
  await bus.start();
  const tokens = await createTestTokens();
  const clock = createManualClock();
  const scheduler = createManualScheduler();
  const start = () =>
    startService(
      createTaskApi(
        { database: database.configFor(taskApiSchema), requestsPerMinute },
        {
          bus,
          scheduler,
          clock,
          verifyToken: tokens.verifyToken,
          logger: silentLogger,
          metrics: createMetrics(),
        },
      ),
    );
  let service = await start();
  const superuser = new PostgresClient(database.admin);
  superuser.on('error', () => undefined); // a test may take the database away
  await superuser.connect();
  /** As the superuser, whom no policy binds. */
  const sql = async <Row>(text: string, values: unknown[] = []) =>
    (await superuser.query(text, values)).rows as Row[];

  return {
    database,
    bus,
    clock,
    tokens,
    scheduler,
    sql,
    get url() {
      return service.url;
    },
    /** A client of this user, or of one that nobody was before. */
    as: async (id = newId()): Promise<Client> => {
      const token = await tokens.tokenFor({ id });
      return (...request) => service.as(token)(...request);
    },
    anonymous: (): Client => service.as(),
    withToken: (token: string): Client => service.as(token),
    /** All events so far, each key's in order; waits until the outbox is empty. */
    events: async (): Promise<CloudEvent[]> => {
      await waitUntil(async () => (await sql('select 1 from task_api.outbox')).length === 0, {
        until: 'the outbox was empty',
      });
      const rows = await sql<{ event: CloudEvent }>(
        'select event from bus.event order by topic, partition, position',
      );
      return rows.map(({ event }) => event);
    },
    restart: async () => {
      await service.stop();
      service = await start();
    },
    stop: async () => {
      await service.stop();
      await bus.stop();
      await superuser.end();
      await database.drop();
    },
  };
}

/** Creates a task that a test wants to be there. */
export async function createTask(request: Client, details: object = {}): Promise<Task> {
  const answer = await request('POST', '/api/v1/tasks', { body: { title: 'Water the plants', ...details } });
  if (answer.status !== 201) throw new Error(`not created: ${JSON.stringify(answer.body)}`);
  return Task.parse(answer.body);
}

/** The problem that an answer is. @throws ZodError when it is none */
export const problemOf = ({ status, headers, body }: Answer): Problem => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(body);
  expect(problem.status).toBe(status);
  return problem;
};

/**
 * Sends bytes as they are, for requests that no client would make, and reads until the server closes.
 *
 * @returns the first answer's status, headers and body
 */
export async function sendRaw(url: string, ...chunks: (string | Uint8Array)[]): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // it may close before all is sent
  const received: Buffer[] = [];
  socket.on('data', (data: Buffer) => received.push(data));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const chunk of chunks) socket.write(chunk);
  await closed;
  const [head = '', ...rest] = Buffer.concat(received).toString('utf8').split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const text = rest.join('\r\n\r\n');
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: isJson ? JSON.parse(text) : text,
  };
}
