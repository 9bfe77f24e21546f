import { AppError, isId, type Actor } from '@almanac/kernel';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Capacity } from './row-level-security';

/** What repositories work with inside one transaction. */
export interface Session {
  /** TypeORM, bound to this transaction. */
  readonly manager: EntityManager;
  /** The user whose rows are seen; null for the parts of a service that work across users. */
  readonly userId: string | null;
  readonly actor: Actor | null;
  /** SQL with `$1` parameters; gives the rows, also those of `returning`. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Runs last before the commit, in the order given: the outbox writes its rows here. */
  beforeCommit(work: () => Promise<void>): void;
  /** Runs once the commit is certain; it can't fail the transaction any more. */
  afterCommit(work: () => void): void;
}

/**
 * Runs `work` in one transaction that sees the actor's rows only. Nothing else sets the user of
 * row-level security, so a use-case can't forget to.
 */
export type Transaction<UnitOfWork> = <Result>(
  actor: Actor,
  work: (unitOfWork: UnitOfWork) => Promise<Result>,
) => Promise<Result>;

/** The same for the parts of a service that work across users, in a stated capacity. */
export type SystemTransaction<UnitOfWork> = <Result>(
  capacity: Exclude<Capacity, 'user' | 'operator'>,
  work: (unitOfWork: UnitOfWork) => Promise<Result>,
) => Promise<Result>;

export interface Transactions<UnitOfWork> {
  readonly transaction: Transaction<UnitOfWork>;
  readonly system: SystemTransaction<UnitOfWork>;
}

/**
 * @param build makes the repositories of one transaction; called for each, so it must be cheap
 */
export function createTransactions<UnitOfWork>(
  dataSource: DataSource,
  build: (session: Session) => UnitOfWork,
): Transactions<UnitOfWork> {
  return {
    transaction: async (actor, work) => {
      if (!isId(actor.id)) throw new Error('an actor without a UUID can’t own rows');
      return run(dataSource, actor.role, actor, (session) => work(build(session)));
    },
    system: (capacity, work) => run(dataSource, capacity, null, (session) => work(build(session))),
  };
}

async function run<Result>(
  dataSource: DataSource,
  capacity: Capacity,
  actor: Actor | null,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  const last: (() => Promise<void>)[] = [];
  const after: (() => void)[] = [];
  try {
    // One round trip: the id was checked to be a UUID and the capacity is ours, so both may stand in the text.
    await runner.query(
      `begin; select set_config('app.user_id', '${actor?.id ?? ''}', true), set_config('app.capacity', '${capacity}', true)`,
    );
    const result = await work(sessionOf(runner, actor, last, after));
    for (const step of last) await step();
    // In a transaction that failed, `commit` rolls back without an error; the statement before it has one.
    await runner.query('select 1; commit');
    for (const step of after) queueMicrotask(step);
    return result;
  } catch (error) {
    await runner.query('rollback').catch(() => undefined); // the connection may be what failed
    throw asUnavailable(error) ?? error;
  } finally {
    await runner.release();
  }
}

const sessionOf = (
  runner: QueryRunner,
  actor: Actor | null,
  last: (() => Promise<void>)[],
  after: (() => void)[],
): Session => ({
  manager: runner.manager,
  actor,
  userId: actor?.id ?? null,
  // The structured result: the plain one of an UPDATE or DELETE isn't its rows, but a pair of them and their number.
  query: async <Row>(sql: string, parameters?: readonly unknown[]) => {
    const { records } = await runner.query(sql, parameters && [...parameters], true);
    return records as Row[];
  },
  beforeCommit: (step) => last.push(step),
  afterCommit: (step) => after.push(step),
});

/**
 * SQLSTATE classes and codes that say "not now": connection exceptions (08), out of resources (53),
 * shutdown (57P), lock and statement time-outs (55P03, 57014), deadlock and serialisation (40).
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const transientState = /^(08|53|57P|40)|^(55P03|57014|25P03)$/;
const transientErrno = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What node-postgres and TypeORM say without any code when a connection ends or none is free in time. */
const transientMessage =
  /Connection terminated|timeout exceeded when trying to connect|is not queryable|Cannot use a pool after calling end|Query runner already released/;

/** Whether trying again later can help: the database is away, busy or restarting. */
export function isTransient(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'unavailable';
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && (transientErrno.has(code) || transientState.test(code))
    ? true
    : transientMessage.test(error.message);
}

const asUnavailable = (error: unknown): AppError | null =>
  !(error instanceof AppError) && isTransient(error)
    ? new AppError('unavailable', 'The database can’t be reached or is busy; try again in a moment.', {
        retryAfter: 2,
        cause: error,
      })
    : null;
