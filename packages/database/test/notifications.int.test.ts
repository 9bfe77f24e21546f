import { createTestDatabase, waitUntil, withClient, type TestDatabase } from '@almanac/testkit';
import { createListener, createNotifier, type Listener } from '../src';

let database: TestDatabase;
let heard: (string | null)[];
let errors: unknown[];
let listener: Listener;

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [] });
});

afterAll(() => database.drop());

beforeEach(() => {
  heard = [];
  errors = [];
  listener = createListener(
    database.admin,
    'bell',
    (payload) => heard.push(payload),
    (error) => errors.push(error),
  );
});

afterEach(() => listener.stop());

const run = (sql: string) => withClient(database.admin, (client) => client.query(sql));
const listening = async (): Promise<number> =>
  (
    await run(
      `select from pg_stat_activity where datname = current_database() and application_name = 'almanac-listen-bell'`,
    )
  ).rowCount ?? 0;
const cut = () =>
  run(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'almanac-listen-bell'`,
  );

test('a listener hears what is notified, and once that it listens', async () => {
  await listener.start();
  await run(`notify bell, 'one'; notify other, 'two'; notify bell`);
  await waitUntil(() => heard.length === 3);
  expect(heard).toEqual([null, 'one', '']);
});

test('a listener whose connection is cut listens again, and says so: it may have missed something', async () => {
  await listener.start();
  await cut();
  await waitUntil(() => heard.length === 2);
  expect(heard).toEqual([null, null]);
  expect(errors).not.toHaveLength(0);
  await run(`notify bell, 'again'`);
  await waitUntil(() => heard.includes('again'));
  expect(await listening()).toBe(1);
});

test('a listener that can’t come back at once goes on trying', async () => {
  const connections = (allowed: boolean) =>
    withClient({ ...database.admin, database: 'postgres' }, (client) =>
      client.query(`alter database ${database.name} allow_connections ${allowed}`),
    );
  await listener.start();
  await connections(false);
  await withClient({ ...database.admin, database: 'postgres' }, (client) =>
    client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database.name,
    ]),
  );
  await waitUntil(() => errors.some((error) => String(error).includes('not currently accepting')));
  await connections(true);
  await waitUntil(() => heard.length === 2);
});

test('a listener that is stopped leaves no connection, also if it was cut just before', async () => {
  await listener.start();
  await cut();
  await listener.stop();
  await waitUntil(async () => (await listening()) === 0);
  expect(heard).toEqual([null]);
});

test('a listener that can’t connect at first says so, and doesn’t go on in secret', async () => {
  const nowhere = createListener(
    { ...database.admin, port: 1 },
    'bell',
    () => undefined,
    (error) => errors.push(error),
  );
  await expect(nowhere.start()).rejects.toThrow('ECONNREFUSED');
  await nowhere.stop();
});

describe('a notifier', () => {
  let sent: (readonly string[])[];
  let release: () => void;
  const notify = (payloads: readonly string[]): Promise<void> => {
    sent.push(payloads);
    return new Promise((resolve) => (release = resolve));
  };

  beforeEach(() => {
    sent = [];
  });

  test('makes one notification of all that is asked for while another is on its way', async () => {
    const notifier = createNotifier(notify, (error) => errors.push(error));
    notifier.soon('1');
    for (const payload of ['2', '3', '3', '2']) notifier.soon(payload);
    expect(sent).toEqual([['1']]);
    release();
    await waitUntil(() => sent.length === 2);
    expect(sent[1]).toEqual(['2', '3']);
    release();
    await notifier.settled();
  });

  test('never sends more than 200 payloads at a time', async () => {
    const notifier = createNotifier(notify, (error) => errors.push(error));
    for (let n = 0; n < 450; n++) notifier.soon(String(n));
    for (const done of [1, 2, 3, 4]) {
      await waitUntil(() => sent.length === done);
      release();
    }
    await notifier.settled();
    expect(sent.map(({ length }) => length)).toEqual([1, 200, 200, 49]);
  });

  test('goes on after one that failed, and after it was idle', async () => {
    const failures = [new Error('away'), null, null];
    const notifier = createNotifier(
      (payloads) => {
        sent.push(payloads);
        const failure = failures.shift();
        return failure ? Promise.reject(failure) : Promise.resolve();
      },
      (error) => errors.push(error),
    );
    for (const payload of ['1', '2', '3']) {
      notifier.soon(payload);
      await notifier.settled();
    }
    expect(sent).toEqual([['1'], ['2'], ['3']]);
    expect(errors).toEqual([new Error('away')]);
  });

  test('sends what is asked for at the very moment that another is done', async () => {
    for (let turns = 0; turns < 10; turns++) {
      sent = [];
      const notifier = createNotifier(
        (payloads) => Promise.resolve(sent.push(payloads)),
        (error) => errors.push(error),
      );
      notifier.soon('one');
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      notifier.soon('two');
      await notifier.settled();
      expect(sent).toEqual([['one'], ['two']]);
    }
  });
});
