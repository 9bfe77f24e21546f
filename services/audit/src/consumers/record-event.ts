import { auditedTopics } from '@almanac/contracts';
import { onAny, traceIdOf, type EventHandler } from '@almanac/messaging';
import { link } from '../chain';
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
      const head = await log.lockHead();
      const [entityType = '', ...entityId] = event.subject.split('/');
      await log.append(
        link(head, {
          eventId: event.id,
          type: event.type,
          at: event.time,
          userId: event.userid ?? null,
          actorId: event.actorid ?? null,
          entity: { type: entityType, id: entityId.join('/') },
          traceId: traceIdOf(event.traceparent),
          data: event.data,
        }),
      );
    }),
  ),
);
