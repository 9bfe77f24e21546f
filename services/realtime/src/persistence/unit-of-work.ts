import { createTransactions } from '@almanac/database';
import { inboxOf } from '@almanac/messaging';
import type { DataSource } from 'typeorm';
import type { Deps } from '../ports';
import { feedRepository } from './feed.repository';

export const createPersistence = (
  dataSource: DataSource,
  announce: (userId: string) => void,
): Pick<Deps, 'transaction' | 'system'> =>
  createTransactions(dataSource, (session) => ({
    feeds: feedRepository(session),
    inbox: inboxOf(session, 'realtime'),
    announce: (userId: string) => session.afterCommit(() => announce(userId)),
  }));
