import { createHash } from 'node:crypto';
import type { AuditEntry } from '@almanac/contracts';

/** An entry before it has its place in the chain. */
export type NewEntry = Omit<AuditEntry, 'sequence' | 'hash'>;

/** The last entry's place and hash; the empty chain is at 0 with an empty hash. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * Adds an entry at the end of the chain. Its hash covers the one before it and all its fields, so
 * that no entry can be changed, removed from the middle or put in without every later hash changing.
 */
export function link(head: Head, entry: NewEntry): AuditEntry {
  const sequence = head.sequence + 1;
  return { ...entry, sequence, hash: hashOf(head.hash, sequence, entry) };
}

/** Whether an entry is what was added after `head`. */
export const follows = (head: Head, entry: AuditEntry): boolean =>
  entry.sequence === head.sequence + 1 && entry.hash === hashOf(head.hash, entry.sequence, entry);

/** SHA-256 over a JSON array: the fields' order is fixed here, and no field can run into the next. */
const hashOf = (previous: string, sequence: number, entry: NewEntry): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        previous,
        sequence,
        entry.eventId,
        entry.type,
        entry.at,
        entry.userId,
        entry.actorId,
        entry.entity.type,
        entry.entity.id,
        entry.traceId,
        entry.data,
      ]),
    )
    .digest('hex');
