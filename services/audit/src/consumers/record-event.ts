import { auditedTopics, type CloudEvent } from '@almanac/contracts';
import { onAny, traceIdOf, type EventHandler } from '@almanac/messaging';
import { link, type NewEntry } from '../chain';
import type { Deps } from '../ports';

/**
 * Records every event of the audited topics at the end of the chain.
 *
 * The entry is its own inbox: an event that is there already adds none, and as the head is locked, no
 * other member can be recording it at the same time.
 */
export const recordEvents: EventHandler<Deps>[] = auditedTopics.map((topic) =>
  onAny(topic, ({ system }, event) =>
    system('consumer', async ({ log }) => {
      await log.append(link(await log.lockHead(), toEntry(event)));
    }),
  ),
);

/**
 * The entry as the database will give it back: its hash is over that, and an id in capitals or a time
 * in microseconds would come back as another text.
 */
function toEntry({ id, type, time, userid, actorid, subject, traceparent, data }: CloudEvent): NewEntry {
  const [entityType = '', ...entityId] = subject.split('/');
  return {
    eventId: id.toLowerCase(),
    type,
    at: new Date(time).toISOString(),
    userId: userid?.toLowerCase() ?? null,
    actorId: actorid?.toLowerCase() ?? null,
    entity: { type: entityType, id: entityId.join('/') },
    traceId: traceIdOf(traceparent),
    data,
  };
}
