import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import { Client } from 'pg';
import { BullmqScheduler, migrateJobs, postgresStore, type JobKind } from '../src';
import { describeJobScheduler, soon, until } from './job-scheduler.conformance';
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
  let queue: string;
  let queues = 0;
  let schedulers: BullmqScheduler[];

  beforeEach(() => {
    queue = `store-${++queues}`;
    schedulers = [];
  });
  afterEach(() => Promise.all(schedulers.map((scheduler) => scheduler.stop())));

  const ours = <T extends BullmqScheduler>(scheduler: T): T => {
    schedulers.push(scheduler);
    return scheduler;
  };
  const plain = (schema: string, options = ''): BullmqScheduler => {
    const connectionString = urlOf('service') + options;
    return ours(new BullmqScheduler({ store: postgresStore({ connectionString, schema }), queue }));
  };
  /** A replica that notes what it runs, and what troubles it. */
  const recorder = (ran: string[], troubles: string[] = []): BullmqScheduler => {
    const hooks = { troubled: ({ message }: Error) => void troubles.push(message) };
    const scheduler = ours(postgresReplica(urlOf('service'), queue, { hooks, concurrency: 50 }));
    scheduler.handle(note, async (data) => void ran.push(data));
    return scheduler;
  };
  const cutConnections = (): Promise<unknown> =>
    as(postgres.user, (admin) =>
      admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'service'`),
    );
  const limitConnections = (limit: number): Promise<unknown> =>
    as(postgres.user, (admin) => admin.query(`alter role service connection limit ${limit}`));

  test('is prepared once, by however many at once', async () => {
    const prepare = () =>
      as('owner', (owner) => migrateJobs(owner, { schema: 'other_jobs', roles: ['service'] }));
    await Promise.all([prepare(), prepare(), prepare()]);
    await prepare();
    const scheduler = plain('other_jobs');
    await scheduler.start();
    expect(await scheduler.failed()).toEqual([]);
  });

  test('lets a service use jobs, and create nothing', async () => {
    await as('service', async (client) => {
      await expect(client.query('create table jobs.mine (id int)')).rejects.toThrow('permission denied');
      await expect(client.query('delete from jobs.migration')).rejects.toThrow('permission denied');
      await client.query('select from jobs.job');
    });
  });

  test('tells what is missing when it isn’t prepared, and can be tried again', async () => {
    const scheduler = plain('late_jobs');
    await expect(scheduler.start()).rejects.toThrow('late_jobs');
    await as('owner', (owner) => migrateJobs(owner, { schema: 'late_jobs', roles: ['service'] }));
    await scheduler.start();
  });

  test('keeps its settings beside those of the address', async () => {
    const scheduler = plain('jobs', `?options=${encodeURIComponent('-c work_mem=1MB')}`);
    await scheduler.start();
    expect(await scheduler.failed()).toEqual([]);
  });

  test('may cut all connections: jobs go on', async () => {
    const [ran, troubles]: string[][] = [[], []];
    const scheduler = recorder(ran!, troubles);
    await scheduler.start();
    await scheduler.schedule(note, { id: '1', at: soon(300), data: 'scheduled before' });
    await cutConnections();
    await until('it is noticed', () => troubles!.length > 0);
    const job = { id: '2', at: soon(600), data: 'scheduled after' };
    await until('jobs can be scheduled', () =>
      scheduler.schedule(note, job).then(
        () => true,
        () => false,
      ),
    );
    await until('both run', () => ran!.length === 2);
    expect(ran!.sort()).toEqual(['scheduled after', 'scheduled before']);
  });

  test('may refuse connections: it is not asked again and again, and jobs go on afterwards', async () => {
    const [ran, troubles]: string[][] = [[], []];
    const scheduler = recorder(ran!, troubles);
    await scheduler.start();
    await scheduler.schedule(note, { id: '1', at: soon(2_000), data: 'due meanwhile' });
    await limitConnections(0);
    try {
      await cutConnections();
      const refused = () => troubles!.filter((message) => message.includes('too many connections')).length;
      await until('it refuses', () => refused() > 0);
      const since = Date.now();
      await until('it refuses for the third time', () => refused() > 2);
      expect(Date.now() - since).toBeGreaterThan(500);
    } finally {
      await limitConnections(-1);
    }
    await until('it runs', () => ran!.length > 0);
  });

  test('may lose the next tick of what recurs: it goes on', async () => {
    const ticks: string[] = [];
    const scheduler = ours(postgresReplica(urlOf('service'), queue));
    scheduler.every('tick', { every: 500 }, async ({ at }) => void ticks.push(at));
    await scheduler.start();
    await until('it ticks', () => ticks.length > 0);
    const { rowCount } = await as('owner', (owner) =>
      owner.query('delete from jobs.job where queue = $1 and scheduler_id is not null', [queue]),
    );
    expect(rowCount).toBeGreaterThan(0);
    const before = ticks.length;
    await until('it ticks again', () => ticks.length > before);
  });

  test('is used on 7 connections at most', async () => {
    const ran: string[] = [];
    let most = 0;
    const scheduler = recorder(ran);
    await scheduler.start();
    const scheduling = Array.from({ length: 200 }, (_, n) =>
      scheduler.schedule(note, { id: `${n}`, at: soon(0), data: '' }),
    );
    await as(postgres.user, (admin) =>
      until('all ran', async () => {
        const { rows } = await admin.query<{ count: number }>(
          `select count(*)::int from pg_stat_activity where usename = 'service'`,
        );
        most = Math.max(most, rows[0]!.count);
        return ran.length === 200;
      }),
    );
    await Promise.all(scheduling);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(7);
  });
});
