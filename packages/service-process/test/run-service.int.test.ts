import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { text } from '@almanac/config';
import { busSchema, type EmbeddedBus } from '@almanac/messaging';
import type * as ServiceKit from '@almanac/service-kit';
import type { Service } from '@almanac/service-kit';
import { waitUntil, type TestDatabase } from '@almanac/testkit';
import { z } from 'zod';
import { runService, type ProcessConfig, type ServiceMain } from '../src';
import { cutConnections, jobs, migrateSample, olderDatabase, sampleSchema } from './sample';

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly message: string;
}
const mockLines: Line[] = [];

// Log lines would go to jest's own output.
jest.mock('@almanac/service-kit', () => {
  const kit = jest.requireActual<typeof ServiceKit>('@almanac/service-kit');
  const destination = { write: (line: string) => void mockLines.push(JSON.parse(line) as Line) };
  const createLogger = (...[name, level]: Parameters<typeof kit.createLogger>) =>
    kit.createLogger(name, level, destination);
  return { ...kit, createLogger };
});

const greeting = z.object({ SAMPLE_GREETING: text().describe('what it answers') });
type Main = Extract<ServiceMain<typeof greeting>, { bus: 'uses' | 'keeps' }>;

/** What the process took for itself is given back, for it is jest's. */
const heard = ['SIGTERM', 'SIGINT', 'warning', 'uncaughtException', 'unhandledRejection'];
type Listener = (...args: unknown[]) => void;
let listeners: Map<string, Listener[]>;

let database: TestDatabase;
/** What happened, in order. */
let happened: string[];
/** Requests to the sample that nobody has answered yet. */
let held: ServerResponse[];
let ended: Promise<void>;

beforeAll(async () => {
  database = await olderDatabase();
  await migrateSample(database);
});
afterAll(() => database.drop());

beforeEach(() => {
  listeners = new Map(heard.map((event) => [event, process.listeners(event as 'exit') as Listener[]]));
  [happened, held, ended] = [[], [], Promise.resolve()];
  mockLines.length = 0;
});
afterEach(async () => {
  process.emit('SIGTERM');
  await ended;
  for (const [event, before] of listeners) {
    for (const listener of process.listeners(event as 'exit') as Listener[])
      process.removeListener(event, listener);
    for (const listener of before) process.on(event, listener);
  }
});

/** Notes in `happened` when a part has started and stopped. */
function noting<Part extends Pick<Service, 'start' | 'stop'>>(name: string, part: Part): Part {
  const { start, stop } = part;
  const then = (what: Part['start'], word: string) => async () => {
    await what.call(part);
    happened.push(`${name} ${word}`);
  };
  return Object.assign(part, { start: then(start, 'started'), stop: then(stop, 'stopped') });
}

/** A service that holds its requests until they are let go. */
const sample = (parts: Partial<Service> = {}): Service =>
  noting('service', {
    name: 'sample',
    paths: ['/sample'],
    readiness: { mood: async () => (happened.push('asked for its mood'), null) },
    handle: (_request, response) => {
      held.push(response);
      response.once('finish', () => happened.push('request answered'));
    },
    start: async () => {},
    stop: async () => {},
    ...parts,
  });

const main = (parts: Partial<Main> = {}): Main => ({
  name: 'sample',
  schema: sampleSchema,
  poolSize: 2,
  bus: 'keeps',
  settings: greeting,
  create: (_config, { bus, scheduler }) => {
    noting('bus', bus as EmbeddedBus);
    noting('jobs', scheduler);
    return sample();
  },
  ...parts,
});

const environmentOf = ({ admin: { host, port }, name }: TestDatabase): Record<string, string> => ({
  ALMANAC_HOST: '127.0.0.1',
  ALMANAC_PUBLIC_URL: 'https://almanac.test/app',
  ALMANAC_DATABASE_HOST: host,
  ALMANAC_DATABASE_PORT: String(port),
  ALMANAC_DATABASE_NAME: name,
  ALMANAC_DATABASE_PASSWORD: 'test',
  ALMANAC_JOBS_PASSWORD: 'test',
  ALMANAC_BUS_PASSWORD: 'test',
  SAMPLE_GREETING: 'hello',
});

/** Runs it with an environment and an exit of its own, on a free port. */
async function run(service: ServiceMain<typeof greeting>, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  jest.replaceProperty(process, 'env', { ALMANAC_PORT: String(port), ...env });
  const exit = Promise.withResolvers<unknown>(); // the first counts: nothing would come after it
  jest.spyOn(process, 'exit').mockImplementation(exit.resolve as typeof process.exit);
  ended = runService(service);
  const url = `http://127.0.0.1:${port}`;
  const readiness = async () => {
    const answer = await fetch(`${url}/health/ready`);
    const { failing = {} } = (await answer.json()) as { failing?: Record<string, string> };
    return { status: answer.status, failing };
  };
  return {
    ...{ url, readiness },
    exitCode: exit.promise,
    ready: () =>
      waitUntil(async () => (await readiness()).status === 200, { until: () => ['ready', ...mockLines] }),
    waits: (forWhat: string) =>
      waitUntil(async () => (await readiness()).failing['sample/start']?.includes(forWhat)),
  };
}

const logged = (line: Record<string, unknown>) =>
  expect(mockLines).toContainEqual(expect.objectContaining(line));

describe('before it can begin', () => {
  test('a service is alive, says what it waits for, and becomes ready by itself', async () => {
    const older = await olderDatabase();
    const { url, readiness, waits, ready, exitCode } = await run(main(), environmentOf(older));
    await waits('schema process_sample is at 0, 1 is needed');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await readiness()).toEqual({
      status: 503,
      failing: {
        process: 'starting',
        'sample/start': expect.stringMatching(
          /^almanac_process_sample: .*; almanac_jobs: .*haven’t run yet$/,
        ) as string,
      },
    });
    logged({ level: 'warn', message: expect.stringMatching(/^waits: .*1 is needed/) as string });
    expect(happened).toEqual([]); // its own checks have nothing to check yet

    await migrateSample(older);
    await ready();
    expect(happened).toEqual(['bus started', 'service started', 'jobs started', 'asked for its mood']);
    logged({ level: 'info', message: 'ready', port: Number(new URL(url).port) });
    process.emit('SIGTERM');
    expect(await exitCode).toBe(0);
    await ended;
    await older.drop();
  });

  test('a wrong password is said, and a signal ends the waiting', async () => {
    const { waits, exitCode } = await run(main(), {
      ...environmentOf(database),
      ALMANAC_BUS_PASSWORD: 'wrong',
    });
    const problem = `${busSchema.role}: password authentication failed for user "${busSchema.role}"`;
    await waits(problem);
    logged({ level: 'warn', message: `waits: ${problem}` });
    process.emit('SIGINT');
    expect(await exitCode).toBe(0);
    expect(happened).toEqual([]);
  });

  test('settings that are wrong or missing are named at once, its own among them, and end it', async () => {
    const { exitCode } = await run(main(), {
      ALMANAC_PUBLIC_URL: 'almanac',
      ALMANAC_DATABASE_POOL_SIZE: 'ten',
    });
    expect(await exitCode).toBe(1);
    const { level, message } = mockLines.at(-1)!;
    expect(level).toBe('fatal');
    expect(message.split('\n').slice(1)).toEqual(
      [
        /SAMPLE_GREETING: missing; what it answers/,
        /ALMANAC_PUBLIC_URL: must be a URL/,
        /ALMANAC_DATABASE_HOST: missing; the PostgreSQL server/,
        /ALMANAC_DATABASE_PASSWORD: missing/,
        /ALMANAC_DATABASE_POOL_SIZE: must be a whole number/,
        /ALMANAC_JOBS_PASSWORD: missing/,
        /ALMANAC_BUS_PASSWORD: missing/,
      ].map((problem) => expect.stringMatching(problem) as string),
    );
  });

  test('a service that can’t start ends it, and what had started below is stopped', async () => {
    const broken = sample({ start: () => Promise.reject(new Error('no room')) });
    const { exitCode } = await run(
      main({ create: (_config, { bus }) => (noting('bus', bus as EmbeddedBus), broken) }),
      environmentOf(database),
    );
    expect(await exitCode).toBe(1);
    expect(happened).toEqual(['bus started', 'bus stopped']);
    const error = expect.objectContaining({ message: 'no room' }) as unknown;
    logged({ level: 'fatal', message: 'could not start', error });
  });
});

describe('a signal', () => {
  test('lets requests in hand be answered; then jobs, service and bus stop, in this order', async () => {
    const { url, ready, exitCode } = await run(main(), environmentOf(database));
    await ready();
    happened.length = 0;
    const asking = fetch(`${url}/sample`);
    await waitUntil(() => held.length === 1);
    process.emit('SIGTERM');
    await waitUntil(() => mockLines.some(({ message }) => message === 'stopping'));
    process.emit('SIGTERM'); // somebody who can't wait
    await expect(fetch(`${url}/sample`)).rejects.toThrow('fetch failed');
    expect(happened).toEqual([]);
    held[0]!.end('done');
    expect(await (await asking).text()).toBe('done');
    expect(await exitCode).toBe(0);
    expect(happened).toEqual(['request answered', 'jobs stopped', 'service stopped', 'bus stopped']);
    expect(mockLines.at(-1)).toMatchObject({ level: 'info', message: 'stopped' });
  });
});

describe('a service', () => {
  test('is given its settings and its database, as its own role', async () => {
    const create = jest.fn((..._given: Parameters<Main['create']>) => sample());
    const { ready } = await run(main({ create }), {
      ...environmentOf(database),
      ALMANAC_TRUSTED_PROXIES: '2',
    });
    await ready();
    const [config, { bus }, settings] = create.mock.calls[0]!;
    expect(config).toEqual<ProcessConfig>({
      database: { ...database.configFor(sampleSchema, 2), ca: undefined },
      publicUrl: 'https://almanac.test/app',
      trustedProxies: 2,
    });
    expect(settings.SAMPLE_GREETING).toBe('hello');
    expect(bus).toBeDefined();
  });

  test('that is off the bus needs no password for it, and gets none of it', async () => {
    const { ALMANAC_BUS_PASSWORD: _, ...env } = environmentOf(database);
    const { create: _create, ...parts } = main();
    const given: string[] = [];
    const offTheBus = (_config: ProcessConfig, ports: object) => {
      given.push(...Object.keys(ports));
      return sample();
    };
    const { ready } = await run({ ...parts, bus: 'none', create: offTheBus }, env);
    await ready();
    expect(given.sort()).toEqual(['clock', 'logger', 'metrics', 'scheduler', 'verifyToken']);
  });

  test('outlives the loss of its connections, and says so', async () => {
    const { ready, readiness } = await run(main(), environmentOf(database));
    await ready();
    expect(await cutConnections(database, jobs.role)).toBeGreaterThan(0);
    await waitUntil(() => mockLines.some(({ message }) => message.includes('tried again')));
    expect((await readiness()).status).toBe(200);
  });
});

describe('the process', () => {
  test('says everything as JSON, Node’s warnings and settings that it doesn’t know among it', async () => {
    const { ready } = await run(main(), { ...environmentOf(database), ALMANAC_TYPO: 'x' });
    await ready();
    process.emit('warning', Object.assign(new Error('this is old'), { name: 'DeprecationWarning' }));
    logged({ level: 'warn', warning: 'DeprecationWarning', message: 'this is old', service: 'sample' });
    logged({ level: 'warn', message: expect.stringContaining('ALMANAC_TYPO') as string });
  });

  test.each(['uncaughtException', 'unhandledRejection'] as const)(
    'ends with an error and its reason on an %s',
    async (failure) => {
      const { ready, exitCode } = await run(main(), environmentOf(database));
      await ready();
      (process.emit as (event: string, error: Error) => boolean)(failure, new Error('nobody caught this'));
      expect(await exitCode).toBe(1);
      const error = expect.objectContaining({ message: 'nobody caught this' }) as unknown;
      logged({ level: 'fatal', message: failure, error });
    },
  );
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
