import { CloudEvent, dataSchemaOf, eventCatalogue, type EventDraft } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { PermanentError } from './retry';
import { currentTrace, toTraceparent } from './trace';

export interface Origin {
  /** The service, e.g. `task-api`. */
  readonly source: string;
  readonly time: string;
  readonly userId: string | null;
  readonly actorId: string | null;
}

/** Makes a CloudEvents 1.0 envelope of a draft, with the trace that runs now. */
export function toCloudEvent(draft: EventDraft, { source, time, userId, actorId }: Origin): CloudEvent {
  const trace = currentTrace();
  return {
    specversion: '1.0',
    id: newId(),
    source: `/services/${source}`,
    type: draft.type,
    subject: `${draft.entity.type}/${draft.entity.id}`,
    time,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(draft),
    partitionkey: draft.key,
    ...(userId !== null && { userid: userId }),
    ...(actorId !== null && { actorid: actorId }),
    ...(trace && { traceparent: toTraceparent(trace) }),
    data: draft.data,
  };
}

/**
 * Checks an event against the envelope and, if its type is known, its data against the contract.
 *
 * @throws PermanentError naming every issue: no repetition mends a broken event
 */
export function parseCloudEvent(value: unknown): CloudEvent {
  const envelope = CloudEvent.safeParse(value);
  if (!envelope.success)
    throw new PermanentError(`not a CloudEvent: ${envelope.error.issues.map(describe).join('; ')}`);
  const event = envelope.data as CloudEvent;
  const definition = eventCatalogue.get(event.type);
  if (definition === undefined) return event;
  if (event.dataschema !== dataSchemaOf(definition))
    throw new PermanentError(
      `${event.type}: data of ${event.dataschema} is not understood here, ${dataSchemaOf(definition)} is`,
    );
  const data = definition.data.safeParse(event.data);
  if (!data.success) throw new PermanentError(`${event.type}: ${data.error.issues.map(describe).join('; ')}`);
  return { ...event, data: data.data };
}

const describe = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `${path.map(String).join('.') || 'event'}: ${message}`;
