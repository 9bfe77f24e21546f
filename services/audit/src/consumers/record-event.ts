import { auditedTopics } from '@almanac/contracts';
import { onAny, traceIdOf, type EventHandler } from '@almanac/messaging';
import { link } from '../chain';
import type { Deps } from '../ports';

/**
 * Records every event of the audited topics at the end of the chain.
 *
 * The entry is its own inbox: with the head locked, an event that is there already was recorded
 * before, and no other member can be recording it.
 */
export const recordEvents: EventHandler<Deps>[] = auditedTopics.map((topic) =>
  onAny(topic, ({ system }, event) =>
    system('consumer', async ({ log }) => {
      const head = await log.lockHead();
      if (await log.has(event.id)) return;
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
