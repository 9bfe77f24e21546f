import { AppError } from '@almanac/kernel';
import { createTestDatabase, waitUntil, type TestDatabase } from '@almanac/testkit';
import { Client, type Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, createTransactions, type Session, type Transactions } from '../src';
import { sampleSchema, someUser } from './sample';

let database: TestDatabase;
let dataSource: DataSource;
let transaction: Transactions<Session>['transaction'];
let admin: Client;
const anna = someUser();

beforeAll(async () => {
  database = await createTestDatabase({ schemas: [sampleSchema] });
  dataSource = await createDataSource(database.configFor(sampleSchema, 2), sampleSchema.name).initialize();
  ({ transaction } = createTransactions(dataSource, (session) => session));
  admin = new Client(database.admin);
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await dataSource.destroy();
  await database.drop();
});

beforeEach(() => admin.query('truncate sample.note'));

const write = async (session: Session, text: string): Promise<void> => {
  await session.query('insert into sample.note (user_id, text) values ($1, $2)', [session.userId, text]);
};
const written = async (): Promise<string[]> =>
  (await admin.query<{ text: string }>('select text from sample.note order by text')).rows.map(
    ({ text }) => text,
  );

/** Pids of the service's connections. */
const connections = async (): Promise<number[]> =>
  (
    await admin.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'almanac-sample'`,
    )
  ).rows.map(({ pid }) => pid);
const cutConnections = async () => {
  for (const pid of await connections()) await admin.query('select pg_terminate_backend($1)', [pid]);
};

describe('a transaction', () => {
  test('commits all that was written in it, and gives the result', async () => {
    const result = await transaction(anna, async (session) => {
      await write(session, 'one');
      await write(session, 'two');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await written()).toEqual(['one', 'two']);
  });

  test('knows whose it is', async () => {
    await transaction(anna, async ({ actor, userId, query }) => {
      expect({ actor, userId }).toEqual({ actor: anna, userId: anna.id });
      expect(await query(`select current_setting('app.capacity') as capacity`)).toEqual([
        { capacity: 'user' },
      ]);
    });
  });

  test('gives the rows of every statement', async () => {
    await transaction(anna, async (session) => {
      await write(session, 'one');
      const statements = [
        'select text from sample.note',
        `update sample.note set text = 'two' returning text`,
        'with gone as (delete from sample.note returning text) table gone',
        `with x as (select) update sample.note set text = 'three' returning text`,
        `insert into sample.note (user_id, text) values ('${anna.id}', 'four') returning text`,
        'delete from sample.note returning text',
        'delete from sample.note',
      ];
      const rows: unknown[] = [];
      for (const sql of statements) rows.push(await session.query(sql));
      expect(rows).toEqual([
        [{ text: 'one' }],
        [{ text: 'two' }],
        [{ text: 'two' }],
        [],
        [{ text: 'four' }],
        [{ text: 'four' }],
        [],
      ]);
    });
  });

  test('leaves nothing behind when its work throws, and the error is the caller’s', async () => {
    const error = new AppError('conflict', 'no');
    const failing = transaction(anna, async (session) => {
      await write(session, 'one');
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(await written()).toEqual([]);
  });

  test('that swallows a failed statement is not taken for committed', async () => {
    let committed = false;
    const failing = transaction(anna, async (session) => {
      session.afterCommit(() => (committed = true));
      await write(session, 'one');
      await session.query('select 1 / 0').catch(() => undefined);
      return 'looks fine';
    });
    await expect(failing).rejects.toMatchObject({ code: '25P02' });
    expect(committed).toBe(false);
    expect(await written()).toEqual([]);
  });

  test('does what was kept for its end in the order given, and that may keep more', async () => {
    await transaction(anna, async (session) => {
      session.beforeCommit(async () => {
        await write(session, '2');
        session.beforeCommit(() => write(session, '4'));
      });
      session.beforeCommit(async () => {
        await write(session, `3, after ${(await session.query('table sample.note')).length}`);
      });
      await write(session, '1');
    });
    expect(await written()).toEqual(['1', '2', '3, after 2', '4']);
  });

  test('is rolled back when what was kept for its end throws', async () => {
    const failing = transaction(anna, async (session) => {
      await write(session, 'one');
      session.beforeCommit(() => Promise.reject(new Error('no room')));
    });
    await expect(failing).rejects.toThrow('no room');
    expect(await written()).toEqual([]);
  });

  test('tells of the commit when it is visible to everybody, and never of a rollback', async () => {
    let seen: Promise<string[]> | undefined;
    await transaction(anna, async (session) => {
      session.afterCommit(() => void (seen = written()));
      await write(session, 'one');
      expect(seen).toBeUndefined();
    });
    expect(await seen).toEqual(['one']);

    seen = undefined;
    const failing = transaction(anna, async (session) => {
      session.afterCommit(() => void (seen = written()));
      await session.query('select 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(seen).toBeUndefined();
  });

  test('gives its connection back clean: the next one is another user’s', async () => {
    const ben = someUser();
    for (const actor of [anna, ben, anna, ben])
      await transaction(actor, (session) => write(session, `of ${session.userId}`));
    for (const actor of [anna, ben])
      expect(await transaction(actor, ({ query }) => query('select distinct text from sample.note'))).toEqual(
        [{ text: `of ${actor.id}` }],
      );
  });
});

const unavailable = expect.objectContaining({ code: 'unavailable', retryAfter: 2 }) as unknown;

describe('when the database has trouble', () => {
  test('a connection lost in the middle is “unavailable”, nothing is written, and the pool heals', async () => {
    const losing = transaction(anna, async (session) => {
      await write(session, 'lost');
      await cutConnections();
      await write(session, 'never');
    });
    await expect(losing).rejects.toEqual(unavailable);
    await transaction(anna, (session) => write(session, 'healed'));
    expect(await written()).toEqual(['healed']);
  });

  test('a connection lost while the work is elsewhere is found out at the commit', async () => {
    const losing = transaction(anna, async (session) => {
      await write(session, 'lost');
      await cutConnections();
      await waitUntil(async () => (await connections()).length === 0);
    });
    await expect(losing).rejects.toEqual(unavailable);
    expect(await written()).toEqual([]);
  });

  test('connections that died while idle are replaced before anybody notices', async () => {
    const both = (text: string) =>
      Promise.all([1, 2].map((n) => transaction(anna, (session) => write(session, `${text} ${n}`))));
    await both('before');
    await cutConnections();
    const { master: pool } = dataSource.driver as unknown as { master: Pool };
    await waitUntil(() => pool.totalCount === 0);
    await both('after');
    expect(await written()).toEqual(['after 1', 'after 2', 'before 1', 'before 2']);
  });

  test('a pool without a free connection is “unavailable” in time, rather than waiting for ever', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const holding = [1, 2].map(() => transaction(anna, () => gate));
    const begun = performance.now();
    await expect(transaction(anna, () => Promise.resolve())).rejects.toEqual(unavailable);
    expect(performance.now() - begun).toBeLessThan(8_000);
    release();
    await Promise.all(holding);
    await transaction(anna, (session) => write(session, 'free again'));
    expect(await written()).toEqual(['free again']);
  }, 15_000);

  test('a statement that takes too long is ended, and “unavailable”', async () => {
    const slow = transaction(anna, async ({ query }) => {
      await query(`set local statement_timeout = '50ms'`); // as the data source's own, but sooner
      await query('select pg_sleep(10)');
    });
    await expect(slow).rejects.toEqual(unavailable);
  });

  test('a lock that isn’t given in time is “unavailable”', async () => {
    await admin.query('begin; lock table sample.note');
    const waiting = transaction(anna, async (session) => {
      await session.query(`set local lock_timeout = '50ms'`);
      await write(session, 'never');
    });
    await expect(waiting).rejects.toEqual(unavailable);
    await admin.query('rollback');
  });

  test('a deadlock is “unavailable” for one of the two', async () => {
    await admin.query(`insert into sample.note (user_id, text) values ($1, 'a'), ($1, 'b')`, [anna.id]);
    let both = 0;
    const lock = (session: Session, text: string) =>
      session.query('select 1 from sample.note where text = $1 for update', [text]);
    const cross = ([first, second]: [string, string]) =>
      transaction(anna, async (session) => {
        await lock(session, first);
        both += 1;
        await waitUntil(() => both === 2);
        await lock(session, second);
      });
    const outcomes = await Promise.allSettled([cross(['a', 'b']), cross(['b', 'a'])]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: unavailable },
    ]);
  });

  test.each([
    ['statement_timeout', '5s'],
    ['lock_timeout', '3s'],
    ['idle_in_transaction_session_timeout', '15s'],
    ['TimeZone', 'UTC'],
  ])('every connection has its %s set to %s', async (setting, value) => {
    expect(await dataSource.query(`show ${setting}`)).toEqual([{ [setting]: value }]);
  });

  test('an error that is the caller’s own stays what it is', async () => {
    await expect(transaction(anna, ({ query }) => query('select from nowhere'))).rejects.toMatchObject({
      code: '42P01',
    });
  });
});
