import type { Change } from '@almanac/contracts';
import type { SystemTransaction, Transaction } from '@almanac/database';
import type { Clock, Instant } from '@almanac/kernel';
import type { Inbox } from '@almanac/messaging';

/** What a device missed: changes after its cursor, oldest first. */
export interface FeedSlice {
  /** Of the last one; without any, where was read from. */
  readonly position: number;
  readonly changes: readonly Change[];
  /** Whether there are others after these. */
  readonly more: boolean;
}

/** Where to read from, and how much at most; one change is given also when it is larger. */
export interface FeedRange {
  readonly position: number;
  readonly changes: number;
  readonly bytes: number;
}

export interface Feeds {
  append(userId: string, change: Change): Promise<void>;
  /** The last position of the user's feed; 0 when nothing ever changed. */
  head(userId: string): Promise<number>;
  /** Whether everything after `position` is still kept. */
  keeps(userId: string, position: number): Promise<boolean>;
  after(userId: string, range: FeedRange): Promise<FeedSlice>;
  /** The last positions of these users' feeds, of those that ever changed. */
  heads(userIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
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
