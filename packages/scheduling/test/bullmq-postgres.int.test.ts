import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import { Client } from 'pg';
import { BullmqScheduler, migrateJobs, postgresStore, type JobKind } from '../src';
import { describeJobScheduler } from './job-scheduler.conformance';
import { postgresReplica } from './postgres-replica';

let postgres: Postgres;
let folder: string;

const urlOf = (role: string): string => {
  const password = role === postgres.user ? postgres.password : role;
  return `postgres://${role}:${password}@${postgres.host}:${postgres.port}/postgres`;
};

const as = async <T>(role: string, use: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: urlOf(role) });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almanac-jobs-'));
  postgres = await startPostgres({ dataDirectory: folder, settings: { fsync: false, max_connections: 60 } });
  await as(postgres.user, async (admin) => {
    await admin.query(
      `create role owner login password 'owner'; create role service login password 'service'`,
    );
    await admin.query('grant create on database postgres to owner');
  });
  await as('owner', (owner) => migrateJobs(owner, { roles: ['service'] }));
}, 60_000);

afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

describeJobScheduler('BullMQ on PostgreSQL', async () => ({
  replica: (queue, options) => postgresReplica(urlOf('service'), queue, options),
  victim: (queue) => [
    '-r',
    'ts-node/register',
    join(__dirname, 'postgres-victim.ts'),
    urlOf('service'),
    queue,
  ],
  loseEverything: (queue) =>
    as('owner', async (owner) => {
      for (const table of ['job', 'scheduler', 'dedup', 'meta']) {
        await owner.query(`delete from jobs.${table} where queue = $1`, [queue]);
      }
    }),
  close: async () => {},
}));

describe('PostgreSQL as a store of jobs', () => {
  const note: JobKind<string> = { name: 'note', data: { parse: String } };
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
  let queue: string;
  let queues = 0;
  beforeEach(() => {
    queue = `store-${++queues}`;
  });

  test('is prepared once, by however many at once', async () => {
    const prepare = () =>
      as('owner', (owner) => migrateJobs(owner, { schema: 'other_jobs', roles: ['service'] }));
    await Promise.all([prepare(), prepare(), prepare()]);
    await prepare();
    const scheduler = new BullmqScheduler({
      store: postgresStore({ connectionString: urlOf('service'), schema: 'other_jobs' }),
      queue,
    });
    await scheduler.start();
    expect(await scheduler.failed()).toEqual([]);
    await scheduler.stop();
  });

  test('lets a service use jobs, and create nothing', async () => {
    await as('service', async (client) => {
      await expect(client.query('create table jobs.mine (id int)')).rejects.toThrow('permission denied');
      await expect(client.query('delete from jobs.migration')).rejects.toThrow('permission denied');
      await client.query('select from jobs.job');
    });
  });

  test('tells what is missing when it isn’t prepared, and can be tried again', async () => {
    const scheduler = new BullmqScheduler({
      store: postgresStore({ connectionString: urlOf('service'), schema: 'late_jobs' }),
      queue,
    });
    await expect(scheduler.start()).rejects.toThrow('late_jobs');
    await as('owner', (owner) => migrateJobs(owner, { schema: 'late_jobs', roles: ['service'] }));
    await scheduler.start();
    await scheduler.stop();
  });

  test('keeps its settings beside those of the address', async () => {
    const scheduler = new BullmqScheduler({
      store: postgresStore({
        connectionString: `${urlOf('service')}?options=${encodeURIComponent('-c work_mem=1MB')}`,
      }),
      queue,
    });
    await scheduler.start();
    await scheduler.stop();
  });

  test('may cut all connections: jobs go on', async () => {
    const ran: string[] = [];
    const troubles: string[] = [];
    const scheduler = postgresReplica(urlOf('service'), queue, {
      hooks: { troubled: ({ message }) => troubles.push(message) },
    });
    const ranAll = Promise.withResolvers<void>();
    scheduler.handle(note, async (data) => {
      ran.push(data);
      if (ran.length === 2) ranAll.resolve();
    });
    await scheduler.start();
    await scheduler.schedule(note, { id: '1', at: soon(400), data: 'before' });
    await as(postgres.user, (admin) =>
      admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'service'`),
    );
    await scheduler.schedule(note, { id: '2', at: soon(800), data: 'after' });
    await ranAll.promise;
    expect(ran).toEqual(['before', 'after']);
    expect(troubles).toContainEqual(expect.stringContaining('terminating connection'));
    expect(troubles.length).toBeLessThan(20);
    await scheduler.stop();
  });

  test('may lose the next tick of what recurs: it goes on', async () => {
    const ticks: string[] = [];
    let resume: (() => void) | undefined;
    const scheduler = postgresReplica(urlOf('service'), queue);
    scheduler.every('tick', { every: 500 }, async ({ at }) => {
      ticks.push(at);
      resume?.();
    });
    await scheduler.start();
    const { rowCount } = await as('owner', (owner) =>
      owner.query('delete from jobs.job where queue = $1 and scheduler_id is not null', [queue]),
    );
    expect(rowCount).toBe(1);
    await new Promise<void>((resolve) => (resume = resolve));
    expect(ticks).toHaveLength(1);
    await scheduler.stop();
  });

  test('is used on 7 connections at most', async () => {
    let left = 200;
    let most = 0;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const scheduler = postgresReplica(urlOf('service'), queue, { concurrency: 50 });
    scheduler.handle(note, async () => {
      if (--left === 0) resolve();
    });
    await scheduler.start();
    await as(postgres.user, async (admin) => {
      const count = async () => {
        const { rows } = await admin.query<{ count: number }>(
          `select count(*)::int from pg_stat_activity where usename = 'service'`,
        );
        most = Math.max(most, rows[0]!.count);
      };
      const scheduling = Array.from({ length: 200 }, (_, n) =>
        scheduler.schedule(note, { id: `${n}`, at: soon(0), data: '' }),
      );
      while (left > 0) await count();
      await Promise.all([...scheduling, done]);
    });
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(7);
    await scheduler.stop();
  });
});
