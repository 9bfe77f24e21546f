import type { AuditEntry, ListAudit, Page } from '@almanac/contracts';
import type { SystemTransaction, Transaction } from '@almanac/database';
import type { Outbox } from '@almanac/messaging';
import type { Head } from './chain';

export interface AuditLog {
  /** The end of the chain, locked: entries are added one at a time. */
  lockHead(): Promise<Head & { readonly published: number }>;
  /** Adds an entry at the locked end; nothing happens when its event was recorded before. */
  append(entry: AuditEntry): Promise<void>;
  markPublished(sequence: number): Promise<void>;
  /** Entries that the reader may see, newest first. */
  list(query: ListAudit): Promise<Page<AuditEntry>>;
  /** Up to `limit` entries after `sequence`, oldest first, of everybody. */
  after(sequence: number, limit: number): Promise<AuditEntry[]>;
}

export interface UnitOfWork {
  readonly log: AuditLog;
  readonly outbox: Outbox;
}

export interface Deps {
  readonly transaction: Transaction<UnitOfWork>;
  readonly system: SystemTransaction<UnitOfWork>;
}
