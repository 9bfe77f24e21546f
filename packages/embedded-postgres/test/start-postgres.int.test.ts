import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseAccount } from '../src/account';
import { installedDistribution } from '../src/binaries';
import { clusterAt } from '../src/cluster';
import { startServer } from '../src/server';
import { DatabaseUnavailable, removePostgres, startPostgres, type Postgres, type Progress } from '../src';

const asRoot = process.getuid?.() === 0;
const nobody = 65534;

let base: string;
let dataDirectory: string;
let cacheDirectory: string;
const opened: Postgres[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'almanac-postgres-'));
  await chmod(base, 0o755);
  cacheDirectory = join(base, 'cache');
});

beforeEach(() => {
  dataDirectory = join(base, 'data'); // one for most tests: creating it takes longer than all they do
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  await Promise.all(opened.splice(0).map((postgres) => postgres.stop()));
});

afterAll(() => rm(base, { recursive: true, maxRetries: 10 }));

const start = async (steps: Progress[] = []): Promise<Postgres> => {
  const postgres = await startPostgres({
    dataDirectory,
    cacheDirectory,
    settings: { fsync: false },
    onProgress: (step) => steps.push(step),
  });
  opened.push(postgres);
  return postgres;
};

const query = async <Row>({ host, port, user, password }: Postgres, sql: string): Promise<Row[]> => {
  const client = new Client({ host, port, user, password, database: 'postgres' });
  client.on('error', () => undefined); // the server is killed under it on purpose
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
};

type Said = { pid: number; port: number; error?: undefined } | { error: string };

/** An almanac in a process of its own, to be killed. */
const otherAlmanac = (uid?: number): ChildProcess => {
  const program = join(__dirname, 'hold-postgres.ts');
  const child = fork(program, [dataDirectory, cacheDirectory, ...(uid ? [String(uid)] : [])], {
    execArgv: ['-r', require.resolve('ts-node/register')],
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '../../../tsconfig.base.json') },
  });
  children.push(child);
  return child;
};

const said = async (child: ChildProcess): Promise<Said> => ((await once(child, 'message')) as [Said])[0];

const running = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about within 20 s');
    await sleep(20);
  }
};

it('keeps what was written over a stop and a start', async () => {
  dataDirectory = join(base, 'new');
  const steps: Progress[] = [];
  const first = await start(steps);
  await query(first, `CREATE TABLE note AS SELECT 'Ärger' AS text`);
  await first.stop();
  await first.stop(); // nothing more happens
  const second = await start(steps);

  expect(await query(second, 'SELECT lower(text) AS text FROM note')).toEqual([{ text: 'ärger' }]);
  expect(second.password).toBe(first.password);
  expect(steps).toEqual(['creating-database', 'starting', 'starting']);
});

it('speaks UTF-8, sorts alike on every machine and keeps UTC', async () => {
  const [settings] = await query(
    await start(),
    `SELECT datlocprovider AS provider, datlocale AS locale, pg_encoding_to_char(encoding) AS encoding,
            current_setting('TimeZone') AS zone
       FROM pg_database WHERE datname = 'postgres'`,
  );

  expect(settings).toEqual({ provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8', zone: 'UTC' });
});

it('listens on this machine only, and lets nobody in without the password', async () => {
  const postgres = await start();
  const [addresses] = await query(
    postgres,
    `SELECT current_setting('listen_addresses') AS tcp, current_setting('unix_socket_directories') AS unix`,
  );

  expect(addresses).toEqual({ tcp: '127.0.0.1', unix: '' });
  await expect(query({ ...postgres, password: 'wrong' }, 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
  const file = join(dataDirectory, 'postgres', 'password');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toBe(postgres.password);
});

it('ends connections that are still open when it stops', async () => {
  const postgres = await start();
  const waiting = query(postgres, 'SELECT pg_sleep(600)');
  await until(async () => {
    const sleepers = await query(postgres, `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
    return sleepers.length > 0;
  });
  const cutOff = expect(waiting).rejects.toThrow('terminating connection');
  await postgres.stop();

  await cutOff;
  expect(running(postgres.pid)).toBe(false);
});

it('recovers the data of a server that was killed, and says that it ended', async () => {
  const first = await start();
  await query(first, 'CREATE TABLE killed AS SELECT 1 AS n');
  process.kill(first.pid, 'SIGKILL');

  expect(await first.ended).toBe('SIGKILL');
  await first.stop();
  expect(await query(await start(), 'SELECT n FROM killed')).toEqual([{ n: 1 }]);
});

it('refuses data that a living almanac uses, and names it', async () => {
  const other = otherAlmanac();
  await said(other);

  await expect(start()).rejects.toThrow(`is in use by an Almanac that runs (pid ${other.pid})`);
  await expect(removePostgres({ dataDirectory, cacheDirectory })).rejects.toThrow(DatabaseUnavailable);
});

it('lets one of two win that start at once on a new folder', async () => {
  dataDirectory = join(base, 'two at once');
  const results = await Promise.all([otherAlmanac(), otherAlmanac()].map(said));

  expect(results.map(({ error }) => error === undefined).sort()).toEqual([false, true]);
  expect(results.find(({ error }) => error)?.error).toContain('is in use');
});

it('stops the server when its almanac is killed', async () => {
  const other = otherAlmanac();
  await said(other);
  other.kill('SIGKILL');

  await until(() => !existsSync(join(dataDirectory, 'postgres/data/postmaster.pid'))); // removed last
});

it('stops a server that nobody looks after any more, before it starts its own', async () => {
  await (await start()).stop();
  const cluster = clusterAt(join(dataDirectory, 'postgres'));
  const account = await databaseAccount(cluster.data);
  const { directory } = await installedDistribution();
  const orphan = await startServer({ directory, account }, cluster, { fsync: false });
  const steps: Progress[] = [];
  await start(steps);

  expect(steps).toEqual(['stopping-leftover', 'starting']);
  expect(await orphan.ended).toBe('exit code 0');
});

it('takes over at once from an almanac that was killed, while its server still runs', async () => {
  const other = otherAlmanac();
  await said(other);
  other.kill('SIGKILL');
  await once(other, 'exit');

  expect(await query(await start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

it('takes over when almanac and server were killed together', async () => {
  const other = otherAlmanac();
  const { pid } = (await said(other)) as { pid: number };
  other.kill('SIGSTOP'); // so that it can't see its server end
  process.kill(pid, 'SIGKILL');
  other.kill('SIGKILL');
  await once(other, 'exit');

  expect(await query(await start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

it('starts after a restart of the machine gave the number of its server to another process', async () => {
  const first = await start();
  const file = join(dataDirectory, 'postgres/data/postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  await first.stop();
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  children.push(bystander);
  await writeFile(file, [bystander.pid, ...lines.slice(1)].join('\n'));

  await start();
  expect(running(bystander.pid!)).toBe(true);
});

it('begins again when the first start was killed half-way', async () => {
  dataDirectory = join(base, 'killed half-way');
  await mkdir(join(dataDirectory, 'postgres.new/data/base'), { recursive: true });
  await start();

  expect(await readdir(dataDirectory)).toEqual(['almanac.pid', 'lock', 'postgres']);
});

it('refuses data of another major version, and says which', async () => {
  dataDirectory = join(base, 'older');
  await mkdir(join(dataDirectory, 'postgres/data'), { recursive: true });
  await writeFile(join(dataDirectory, 'postgres/data/PG_VERSION'), '17\n');

  await expect(start()).rejects.toThrow(/written by PostgreSQL 17; this is PostgreSQL 18/);
});

it('removes the database, so that the next start begins anew', async () => {
  await (await start()).stop();
  await removePostgres({ dataDirectory, cacheDirectory });
  await removePostgres({ dataDirectory, cacheDirectory }); // nothing there: nothing to do

  const steps: Progress[] = [];
  await start(steps);
  expect(steps).toEqual(['creating-database', 'starting']);
});

it('says why it can’t keep data in a folder', async () => {
  dataDirectory = join(base, 'file', 'data');
  await writeFile(join(base, 'file'), '');

  await expect(start()).rejects.toThrow(`Data can't be kept in ${dataDirectory} (ENOTDIR)`);
});

it('says what PostgreSQL says when it does not start', async () => {
  await (await start()).stop();
  const refused = startPostgres({ dataDirectory, cacheDirectory, settings: { shared_buffers: 'plenty' } });

  await expect(refused).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
});

it('copes with a folder whose path is longer than a socket’s may be', async () => {
  dataDirectory = join(base, 'a'.repeat(120), 'data with spaces');

  expect(await query(await start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

// Only root has another account to give, and only root has to.
if (asRoot)
  describe('started by root', () => {
    it('works in a home that nobody else may enter', async () => {
      dataDirectory = join(base, 'home', 'almanac');
      await mkdir(join(base, 'home'), { mode: 0o700 });
      const postgres = await start();

      expect(await query(postgres, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      expect((await stat(join(dataDirectory, 'postgres/data'))).uid).not.toBe(0);
    });

    it('runs as the owner of the data, whoever that is by now', async () => {
      await (await start()).stop();
      const home = join(dataDirectory, 'postgres');
      const inside = await readdir(home, { recursive: true });
      for (const path of ['', ...inside]) await chown(join(home, path), nobody, nobody);

      expect(await query(await start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    });

    it('works just as well for a user who isn’t root', async () => {
      dataDirectory = join(base, 'of nobody');
      await mkdir(dataDirectory);
      await chown(dataDirectory, nobody, nobody);
      const almanac = otherAlmanac(nobody);

      expect(await said(almanac)).toEqual({
        pid: expect.any(Number) as number,
        port: expect.any(Number) as number,
      });
      expect((await stat(join(dataDirectory, 'postgres/data'))).uid).toBe(nobody);
      almanac.kill('SIGTERM');
      expect(await once(almanac, 'exit')).toEqual([0, null]);
    });
  });
