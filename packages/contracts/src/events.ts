import { z } from 'zod';
import { Id, Instant } from './api';
import type { Topic } from './topics';

/** What an event is about: `task` and its id. */
export interface Entity {
  readonly type: string;
  readonly id: string;
}

/** An event that a use-case wants told. The outbox makes a CloudEvent of it: id, time, actor, trace. */
export interface EventDraft<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly version: number;
  readonly topic: Topic;
  readonly key: string;
  readonly entity: Entity;
  readonly data: Data;
}

export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  (data: z.output<Schema>): EventDraft<Type, z.output<Schema>>;
  readonly type: Type;
  readonly version: number;
  readonly topic: Topic;
  readonly about: string;
  readonly data: Schema;
}

/** All events there are, by type: what validation on both ends of the bus and AsyncAPI are made of. */
export const eventCatalogue = new Map<string, EventDefinition>();

/**
 * Declares an event. The result makes drafts of it, and carries the contract.
 *
 * Schemas grow by optional fields only; anything else is a new version.
 */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  type: Type,
  contract: {
    topic: Topic;
    version: number;
    about: string;
    data: Schema;
    /** Events of one key stay in order. */
    key: (data: z.output<Schema>) => string;
    entity: (data: z.output<Schema>) => Entity;
  },
): EventDefinition<Type, Schema> {
  const { topic, version, about, data: schema, key, entity } = contract;
  const definition = Object.assign(
    (data: z.output<Schema>) => ({ type, version, topic, key: key(data), entity: entity(data), data }),
    { type, version, topic, about, data: schema },
  );
  if (eventCatalogue.has(type)) throw new Error(`event ${type} is defined twice`);
  eventCatalogue.set(type, definition as unknown as EventDefinition);
  return definition;
}

/**
 * An event on the bus: CloudEvents 1.0 in structured JSON, with the documented extensions
 * `partitionkey` and `traceparent`, and our own `userid` (whose data), `actorid` (who did it).
 * Extension names may only have lower-case letters and digits (CloudEvents 1.0.2, 3.1.1).
 */
export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: Id,
    source: z.string().min(1),
    type: z.string().min(1),
    subject: z
      .string()
      .regex(/^[a-z-]+\/.+$/)
      .meta({ description: 'What it is about: `task/<id>`.' }),
    time: Instant,
    datacontenttype: z.literal('application/json'),
    dataschema: z.string().regex(/^\/events\/[a-z.]+\/\d+$/),
    partitionkey: z.string().min(1),
    userid: Id.optional(),
    actorid: Id.optional(),
    traceparent: z.string().optional(),
    data: z.unknown(),
  })
  .meta({ id: 'CloudEvent' });
export type CloudEvent<Data = unknown> = Omit<z.infer<typeof CloudEvent>, 'data'> & { data: Data };

/** Where the schema of an event's data is found, relative to the documentation's root. */
export const dataSchemaOf = ({ type, version }: { type: string; version: number }): string =>
  `/events/${type}/${version}`;
