import { auditHead, type AuditEntry } from '@almanac/contracts';
import { parseCloudEvent, type EventLog } from '@almanac/messaging';
import { follows, type Head } from '../chain';

export interface Verification {
  /** Entries that were checked, from the first on. */
  readonly entries: number;
  /** Published heads that were compared. */
  readonly heads: number;
  /** What is wrong, in words; empty when the chain is whole. */
  readonly problems: readonly string[];
}

export interface VerifyDeps {
  readonly log: { after(sequence: number, limit: number): Promise<AuditEntry[]> };
  readonly eventLog: EventLog;
}

const batch = 1_000;

/**
 * Recomputes the whole chain, and compares it with every head that was published: a change in the
 * middle breaks a hash, a cut tail lacks a head's entry, a chain forged from some point on has
 * another hash there.
 */
export async function verifyChain({ log, eventLog }: VerifyDeps): Promise<Verification> {
  const heads = await publishedHeads(eventLog);
  const problems: string[] = [];
  let end: Head = { sequence: 0, hash: '' };
  for (let more = true; more && problems.length === 0;) {
    const entries = await log.after(end.sequence, batch);
    for (const entry of entries) {
      if (!follows(end, entry)) {
        problems.push(
          entry.sequence === end.sequence + 1
            ? `entry ${entry.sequence} (${entry.type}, event ${entry.eventId}) is not what was recorded`
            : `entries ${end.sequence + 1} to ${entry.sequence - 1} are missing`,
        );
        break;
      }
      const published = heads.get(entry.sequence);
      if (published !== undefined && published !== entry.hash)
        problems.push(`entry ${entry.sequence} has another hash than was published: the chain was rewritten`);
      end = entry;
    }
    more = entries.length === batch;
  }
  const last = Math.max(0, ...heads.keys());
  if (problems.length === 0 && last > end.sequence)
    problems.push(`the log ends at ${end.sequence}, but entry ${last} was published: its tail was cut`);
  return { entries: end.sequence, heads: heads.size, problems };
}

async function publishedHeads(eventLog: EventLog): Promise<Map<number, string>> {
  const heads = new Map<number, string>();
  for (let position = 0, more = true; more;) {
    const events = await eventLog.read(auditHead.topic, 0, position, batch);
    for (const { event } of events) {
      const { sequence, hash } = auditHead.data.parse(parseCloudEvent(event).data);
      heads.set(sequence, hash);
    }
    position = events.at(-1)?.position ?? position;
    more = events.length === batch;
  }
  return heads;
}
