import type { CloudEvent, EventDefinition, Topic } from '@almanac/contracts';
import type { z } from 'zod';
import { parseCloudEvent } from './envelope';
import type { EventBus, Handler, Running } from './event-bus';
import { withTrace } from './trace';

/** What a service does on one kind of event. */
export interface EventHandler<Deps> {
  readonly topic: Topic;
  /** Null for every type on the topic. */
  readonly type: string | null;
  run(deps: Deps, event: CloudEvent): Promise<void>;
}

/**
 * Handles events of one type, with their data typed by the contract.
 *
 * Retry, dead letters, validation and tracing are the bus's business, not the handler's; doing it
 * once per event id is the transaction's ({@link Inbox}).
 */
export const on = <Deps, Type extends string, Schema extends z.ZodType>(
  { topic, type }: Pick<EventDefinition<Type, Schema>, 'topic' | 'type' | 'data'>,
  run: (deps: Deps, event: CloudEvent<z.output<Schema>>) => Promise<void>,
): EventHandler<Deps> => ({ topic, type, run });

/** Handles every event of a topic, whatever its type. */
export const onAny = <Deps>(
  topic: Topic,
  run: (deps: Deps, event: CloudEvent) => Promise<void>,
): EventHandler<Deps> => ({
  topic,
  type: null,
  run,
});

/** Told of every event that was handled: for metrics and logs. */
export type Observe = (consumed: {
  readonly group: string;
  readonly event: CloudEvent;
  readonly outcome: 'ok' | 'failed';
  /** Milliseconds in the handler. */
  readonly duration: number;
  /** Milliseconds from the event's time to the end of its effect. */
  readonly age: number;
  readonly attempt: number;
  readonly error?: unknown;
}) => void;

/** Subscribes a service's handlers as one group. Types that no handler names are passed over. */
export function consume<Deps>(
  bus: EventBus,
  group: string,
  handlers: readonly EventHandler<Deps>[],
  deps: Deps,
  observe: Observe,
): Promise<Running> {
  const handle: Handler = (raw, { attempt, topic }) =>
    withTrace(raw.traceparent, async () => {
      const begun = performance.now();
      const report = (outcome: 'ok' | 'failed', error?: unknown) =>
        observe({
          group,
          event: raw,
          outcome,
          attempt,
          error,
          duration: performance.now() - begun,
          age: Date.now() - Date.parse(raw.time),
        });
      try {
        const event = parseCloudEvent(raw);
        for (const handler of handlers)
          if (handler.topic === topic && (handler.type === null || handler.type === event.type))
            await handler.run(deps, event);
        report('ok');
      } catch (error) {
        report('failed', error);
        throw error;
      }
    });
  return bus.subscribe({ group, topics: [...new Set(handlers.map(({ topic }) => topic))], handle });
}
