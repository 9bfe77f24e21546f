import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import { waitUntil } from '@almanac/testkit';
import { createClient } from '@almanac/testkit/service';
import { generateSigningKeys, type SigningKeys } from '@almanac/web/signing-keys';
import { Client as PostgresClient } from 'pg';
import WebSocket from 'ws';
import {
  freePort,
  startProgram,
  startServiceProgram,
  type Program,
  type ServiceProgram,
} from './support/process';

/**
 * The product as a cluster runs it: one process per service, on a database that nobody has prepared
 * yet. The tests tell one story, in order.
 */
const publicUrl = 'https://almanac.test';
const passwords = Object.fromEntries(
  ['OWNER', 'BUS', 'JOBS', 'TASK_API', 'AUDIT', 'REALTIME', 'WEB'].map((role) => [
    `ALMANAC_${role}_PASSWORD`,
    `of ${role.toLowerCase()}: /@?#%`,
  ]),
);

let folder: string;
let postgres: Postgres;
let superuser: PostgresClient;
let database: Record<string, string>;
let signingKeys: SigningKeys;
let webPort: number;
const programs: Program[] = [];

/** The environment that a pod of this service has. */
const environmentOf = (service: string): Record<string, string> => ({
  ...database,
  ALMANAC_PUBLIC_URL: publicUrl,
  ALMANAC_TRUSTED_PROXIES: '1',
  ALMANAC_DATABASE_PASSWORD: passwords[`ALMANAC_${service.replace('-', '_').toUpperCase()}_PASSWORD`]!,
  ALMANAC_JOBS_PASSWORD: passwords.ALMANAC_JOBS_PASSWORD!,
  ...(service === 'web'
    ? {
        ALMANAC_PORT: String(webPort),
        ALMANAC_SIGNING_KEYS: JSON.stringify(signingKeys),
        ALMANAC_DEMO_ACCOUNTS: 'true',
      }
    : {
        ALMANAC_KEYS_URL: `http://127.0.0.1:${webPort}/.well-known/jwks.json`,
        ALMANAC_BUS_PASSWORD: passwords.ALMANAC_BUS_PASSWORD!,
      }),
});

const start = async (service: string, env: Record<string, string> = {}): Promise<ServiceProgram> => {
  const program = await startServiceProgram(service, { ...environmentOf(service), ...env });
  programs.push(program);
  return program;
};

const migrate = (command: string, env: Record<string, string>): Program => {
  const program = startProgram('tools/migrate/src/main.ts', [command], { ...database, ...env });
  programs.push(program);
  return program;
};
const provision = () =>
  migrate('provision', {
    ...passwords,
    ALMANAC_ADMIN_USER: postgres.user,
    ALMANAC_ADMIN_PASSWORD: postgres.password,
  });
const applyMigrations = () =>
  migrate('migrate', { ALMANAC_OWNER_PASSWORD: passwords.ALMANAC_OWNER_PASSWORD! });

const stop = async (program: Program): Promise<void> => {
  program.kill('SIGTERM');
  expect(await program.ended).toBe(0);
};

const sql = async <Row>(text: string, values: unknown[] = []) =>
  (await superuser.query(text, values)).rows as Row[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almanac-processes-'));
  await chmod(folder, 0o755); // run by root, the server has another account
  postgres = await startPostgres({ dataDirectory: folder, settings: { fsync: false } });
  database = {
    ALMANAC_DATABASE_HOST: postgres.host,
    ALMANAC_DATABASE_PORT: String(postgres.port),
    ALMANAC_DATABASE_NAME: 'almanac_cluster',
  };
  signingKeys = await generateSigningKeys();
  webPort = await freePort();
});

afterAll(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs.map(({ ended }) => ended));
  await superuser.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

let taskApi: ServiceProgram;

test('a service without its database is alive, and its readiness says what it waits for', async () => {
  taskApi = await start('task-api');
  await waitUntil(async () => (await taskApi.readiness()).failing['task-api/start']?.includes('password'));
  const { status, failing } = await taskApi.readiness();
  expect(status).toBe(503);
  expect(failing['task-api/start']).toContain('almanac_task_api: password authentication failed');
  expect(failing.process).toBe('starting');
  expect(taskApi.lines()).toContainEqual(
    expect.objectContaining({
      ...{ level: 'warn', service: 'task-api', timestamp: expect.any(String) as string },
      message: expect.stringContaining('password authentication failed') as string,
    }),
  );
});

test('roles and database are made once, also by two at the same time and by one later', async () => {
  const both = [provision(), provision()];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(await provision().ended).toBe(0);
  superuser = new PostgresClient({ ...postgres, database: 'almanac_cluster' });
  await superuser.connect();
  const roles = await sql<{ rolname: string; mighty: boolean }>(
    `select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as mighty from pg_roles
     where rolname like 'almanac%' order by 1`,
  );
  expect(roles.map(({ rolname }) => rolname)).toEqual(
    ['audit', 'bus', 'jobs', 'owner', 'realtime', 'task_api', 'web'].map((name) => `almanac_${name}`),
  );
  expect(roles.some(({ mighty }) => mighty)).toBe(false);
});

test('a service is not ready on a database that is older than its code', async () => {
  await waitUntil(async () => (await taskApi.readiness()).failing['task-api/start']?.includes('migrations'));
  expect((await taskApi.readiness()).failing['task-api/start']).toMatch(
    /relation "task_api.migration" does not exist; the migrations haven’t run yet.*jobs.*bus/,
  );
});

test('once the migrations have run, it becomes ready by itself', async () => {
  const both = [applyMigrations(), applyMigrations()];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  const lines = both.flatMap((program) => program.lines());
  expect(
    lines
      .filter(({ message }) => message === 'migrated')
      .map(({ schema }) => schema)
      .sort(),
  ).toEqual(['audit', 'bus', 'realtime', 'task_api', 'web']);
  await taskApi.ready();
});

let web: ServiceProgram;

/** A token of the demo account, asked for anew. */
const token = async (): Promise<string> => {
  const body = { email: 'demo@almanac.example', password: 'almanac-demo' };
  const answer = await createClient(web.url)('POST', '/api/v1/auth/token', { body });
  return (answer.body as { accessToken: string }).accessToken;
};
const addTask = async (as: string, url = taskApi.url): Promise<number> => {
  const { status } = await createClient(url, as)('POST', '/api/v1/tasks', { body: { title: 'by process' } });
  return status;
};

describe('tokens of web’s', () => {
  let known: string;

  test('are good at the others, which read its keys', async () => {
    web = await start('web');
    await web.ready();
    known = await token();
    expect(await addTask(known)).toBe(201);
  });

  test('stay good while web is away', async () => {
    const unseen = await token(); // nobody has checked this one yet
    await stop(web);
    expect([await addTask(known), await addTask(unseen)]).toEqual([201, 201]);
    expect((await taskApi.readiness()).status).toBe(200);
  });

  test('are good when they are signed with a new key', async () => {
    const [added] = (await generateSigningKeys()).keys;
    signingKeys = { keys: [added, ...signingKeys.keys] };
    web = await start('web');
    await web.ready();
    const next = await token();
    await waitUntil(async () => (await addTask(next)) === 201, { timeout: 10_000, every: 200 });
    expect(await addTask(known)).toBe(201);
  });
});

describe('limits by address', () => {
  const guess = (forwardedFor: string) =>
    createClient(web.url)('POST', '/api/v1/auth/token', {
      body: { email: 'demo@almanac.example', password: 'a wrong guess' },
      headers: { 'x-forwarded-for': forwardedFor },
    });

  test('are those of the clients behind the gateway, whatever they claim to be', async () => {
    for (let n = 0; n < 10; n++) expect((await guess(`10.0.0.${n}, 203.0.113.1`)).status).toBe(401);
    expect((await guess('10.0.0.99, 203.0.113.1')).status).toBe(429);
    expect((await guess('203.0.113.2')).status).toBe(401);
  });
});

describe('two replicas', () => {
  let second: ServiceProgram;
  const audits: ServiceProgram[] = [];

  test('of one service share the work: each event is recorded once', async () => {
    second = await start('task-api');
    audits.push(...(await Promise.all([start('audit'), start('audit')])));
    await Promise.all([second, ...audits].map((program) => program.ready()));
    const as = await token();
    const urls = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? taskApi.url : second.url));
    expect(await Promise.all(urls.map((url) => addTask(as, url)))).toEqual(urls.map(() => 201));
    const recorded = () =>
      sql<{ events: number; tasks: number }>(
        `select (select count(distinct event_id)::int from audit.audit_log where type = 'task.created') as events,
           (select count(*)::int from task_api.task) as tasks`,
      );
    await waitUntil(async () => {
      const [counts] = await recorded();
      return counts!.events === counts!.tasks;
    });
    const total = await sql<{ count: number }>(
      `select count(*)::int as count from audit.audit_log where type = 'task.created'`,
    );
    expect(total[0]!.count).toBe((await recorded())[0]!.events);
  });

  test('of all services together remove old events of the bus once a night', async () => {
    const jobs = await sql<{ queue: string; pattern: string }>(
      `select queue, pattern from jobs.scheduler where scheduler_id = 'bus-prune'`,
    );
    expect(jobs).toEqual([{ queue: 'audit', pattern: '27 3 * * *' }]);
  });

  test('can lose one of them: requests in hand are answered, on connections that end', async () => {
    const blocker = new PostgresClient({ ...postgres, database: 'almanac_cluster' });
    await blocker.connect();
    await blocker.query('begin; lock table task_api.task in access exclusive mode');
    const authorization = `Bearer ${await token()}`;
    const request = get(`${second.url}/api/v1/tasks`, { headers: { authorization } });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    await waitUntil(
      async () => (await sql(`select from pg_stat_activity where wait_event_type = 'Lock'`)).length > 0,
    );
    second.kill('SIGTERM');
    await waitUntil(() => second.lines().some(({ message }) => message === 'stopping'));
    second.kill('SIGTERM'); // somebody who can't wait
    await expect(fetch(`${second.url}/health/ready`)).rejects.toThrow('fetch failed');
    await blocker.query('commit');
    await blocker.end();
    const [answer] = await answered;
    answer.resume();
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    expect(await second.ended).toBe(0);
    expect(second.lines().at(-1)).toMatchObject({ level: 'info', message: 'stopped' });
    expect(await addTask(await token())).toBe(201);
  });
});

test('a device that is connected when realtime stops is told to come back', async () => {
  const realtime = await start('realtime');
  await realtime.ready();
  const device = new WebSocket(`${realtime.url.replace('http', 'ws')}/api/v1/sync`);
  await once(device, 'open');
  const closed = once(device, 'close');
  await stop(realtime);
  expect((await closed)[0]).toBe(1001);
});

describe('on a schema that is newer than the code, as after a rollback', () => {
  beforeAll(async () => {
    await sql(
      `insert into task_api.migration (number, name, kind, checksum) values (2, 'of a later release', 'expand', '')`,
    );
  });

  test('the migrations change nothing and succeed', async () => {
    const older = applyMigrations();
    expect(await older.ended).toBe(0);
    expect(older.lines()).toContainEqual(
      expect.objectContaining({ schema: 'task_api', message: 'newer than this release; left as it is' }),
    );
  });

  test('a service starts', async () => {
    const older = await start('task-api');
    await older.ready();
    await stop(older);
  });
});

test('a wrong password shows in the readiness and in the log', async () => {
  const wrong = await start('audit', { ALMANAC_JOBS_PASSWORD: 'wrong' });
  const problem = 'almanac_jobs: password authentication failed for user "almanac_jobs"';
  await waitUntil(async () => (await wrong.readiness()).failing['audit/start'] === problem);
  expect(wrong.lines().at(-1)).toMatchObject({ level: 'warn', message: `waits: ${problem}` });
  wrong.kill('SIGTERM');
  expect(await wrong.ended).toBe(0);
});

test('an environment that lacks settings is refused at once, and each is named', async () => {
  const nothing = startProgram('services/web/src/main.ts', [], { ALMANAC_PUBLIC_URL: 'almanac' });
  programs.push(nothing);
  expect(await nothing.ended).toBe(1);
  const message = String(nothing.lines().at(-1)!.message);
  for (const name of ['PUBLIC_URL', 'DATABASE_HOST', 'DATABASE_PASSWORD', 'JOBS_PASSWORD', 'SIGNING_KEYS'])
    expect(message).toContain(`ALMANAC_${name}: `);
  expect(message).not.toContain('BUS');
});
