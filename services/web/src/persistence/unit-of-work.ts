import { createTransactions } from '@almanac/database';
import type { DataSource } from 'typeorm';
import type { Deps, Housekeeping, UnitOfWork } from '../ports';
import { accountRepository } from './account.repository';
import { attemptRepository } from './attempt.repository';
import { identityRepository } from './identity.repository';
import { sessionRepository } from './session.repository';

export interface Persistence extends Pick<Deps, 'transaction' | 'signingIn'> {
  readonly housekeeping: Housekeeping;
}

export function createPersistence(dataSource: DataSource): Persistence {
  const { transaction, system } = createTransactions(dataSource, (session): UnitOfWork => ({
    accounts: accountRepository(session),
    sessions: sessionRepository(session),
    identities: identityRepository(session),
    attempts: attemptRepository(session),
  }));
  const sweep = createTransactions(dataSource, (session) => session).system;
  const remove = (table: string, column: string) => (before: string) =>
    sweep('sweep', async (session) => {
      await session.query(`delete from web.${table} where ${column} < $1`, [before]);
    });
  return {
    transaction,
    signingIn: (work) => system('sign-in', work),
    housekeeping: {
      removeSessions: remove('session', 'expires_at'),
      removeAttempts: remove('attempt', 'ends_at'),
    },
  };
}
