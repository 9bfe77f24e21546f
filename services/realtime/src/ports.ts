import type { Change } from '@almanac/contracts';
import type { SystemTransaction, Transaction } from '@almanac/database';
import type { Clock, Instant } from '@almanac/kernel';
import type { Inbox } from '@almanac/messaging';

/** What a device missed: changes after its cursor, oldest first. */
export interface FeedSlice {
  readonly position: number;
  readonly changes: readonly Change[];
}

export interface Feeds {
  append(userId: string, change: Change): Promise<void>;
  /** The last position of the user's feed; 0 when nothing ever changed. */
  head(userId: string): Promise<number>;
  /** Whether everything after `position` is still kept. */
  keeps(userId: string, position: number): Promise<boolean>;
  after(userId: string, position: number, limit: number): Promise<FeedSlice>;
  removeBefore(at: Instant): Promise<void>;
}

export interface UnitOfWork {
  readonly feeds: Feeds;
  readonly inbox: Inbox;
  /** Once it is committed, tells all replicas that this user's feed has grown. */
  announce(userId: string): void;
}

export interface Deps {
  readonly transaction: Transaction<UnitOfWork>;
  readonly system: SystemTransaction<UnitOfWork>;
  readonly clock: Clock;
}
