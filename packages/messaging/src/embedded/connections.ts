import { Pool, types, TypeOverrides, type PoolClient, type PoolConfig } from 'pg';

export type Connection = Pick<PoolConfig, 'host' | 'port' | 'database' | 'user' | 'password' | 'ssl'>;

/** Positions and ids are far below 2^53. */
const numbers = new TypeOverrides();
numbers.setTypeParser(types.builtins.INT8, Number);

export interface PoolOptions {
  /** Most connections. */
  readonly max: number;
  /** Milliseconds to wait for a free connection; without it, as long as it takes. */
  readonly patience?: number;
  readonly onError: (error: unknown) => void;
}

export function createPool(connection: Connection, { max, patience = 0, onError }: PoolOptions): Pool {
  const pool = new Pool({
    ...connection,
    max,
    application_name: 'almanac-bus',
    connectionTimeoutMillis: patience,
    statement_timeout: 10_000,
    keepAlive: true,
    types: numbers,
  });
  // Unheard, the error of a connection that dies would end the process. The pool hears of idle ones
  // only, hence the second listener: a handler may be at work while its connection waits.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

/** A transaction that can say whether it still holds its locks. */
export interface Transaction {
  query: PoolClient['query'];
  /** @throws Error when the connection is gone, and with it the locks: somebody else may have them */
  assertHeld(): void;
}

export async function inTransaction<Result>(
  pool: Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let lost: Error | null = null;
  const onLoss = (error: Error) => (lost = error);
  client.once('error', onLoss);
  try {
    await client.query('begin');
    const result = await work({
      query: client.query.bind(client),
      assertHeld: () => {
        if (lost) throw lost;
      },
    });
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  } finally {
    client.off('error', onLoss);
  }
}
