import { CloudEvent, dataSchemaOf, eventCatalogue, type EventDefinition } from './events';
import { createSchemaWriter, type JsonSchema } from './json-schema';
import { syncPath, SyncClientMessage, SyncServerMessage } from './sync';
import { topics, type Topic } from './topics';

type Node = Readonly<Record<string, unknown>>;

const reference = (...path: string[]): Node => ({ $ref: `#/${path.join('/')}` });

/**
 * The AsyncAPI 3.0 document of the topics and their events, and of the live-sync socket.
 * https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(
  events: readonly EventDefinition[] = [...eventCatalogue.values()],
): { asyncapi: string } & Node {
  const schemas = createSchemaWriter();
  schemas.write(CloudEvent, 'output');
  const used = (Object.keys(topics) as Topic[]).filter((topic) =>
    events.some((event) => event.topic === topic),
  );
  const eventsOf = (topic: Topic) => events.filter((event) => event.topic === topic);
  const messages = {
    ...Object.fromEntries(
      events.map((event) => [event.type, eventMessage(event, schemas.write(event.data, 'output'))]),
    ),
    'sync.client': socketMessage('What a device says.', schemas.write(SyncClientMessage, 'input')),
    'sync.server': socketMessage('What the service says.', schemas.write(SyncServerMessage, 'output')),
  };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Almanac',
      version: '1',
      description:
        'Events are CloudEvents 1.0 in structured JSON, delivered at least once, in order per key. ' +
        'Their data grows by optional fields only; anything else is a new version.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      ...Object.fromEntries(used.map((topic) => [topic, channelOf(topic, eventsOf(topic))])),
      sync: {
        address: syncPath,
        description: 'The live-sync socket: changes of the signed-in user, as they happen.',
        messages: Object.fromEntries(
          ['sync.client', 'sync.server'].map((name) => [name, reference('components', 'messages', name)]),
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      ...Object.fromEntries(
        used.flatMap((topic) => {
          const { about } = topics[topic];
          return [
            [
              `publish-${topic}`,
              operationOf(
                'send',
                topic,
                about,
                eventsOf(topic).map(({ type }) => type),
              ),
            ],
            [
              `consume-${topic}`,
              operationOf(
                'receive',
                topic,
                about,
                eventsOf(topic).map(({ type }) => type),
              ),
            ],
          ];
        }),
      ),
      'sync-listen': operationOf('receive', 'sync', 'What devices say to the service.', ['sync.client']),
      'sync-tell': operationOf('send', 'sync', 'What the service says to devices.', ['sync.server']),
    },
    components: { messages, schemas: schemas.components() },
  };
}

function channelOf(topic: Topic, events: readonly EventDefinition[]): Node {
  const { about, key, partitions } = topics[topic];
  return {
    address: topic,
    description: `${about} Order is kept per key, which is the ${key}.`,
    messages: Object.fromEntries(events.map(({ type }) => [type, reference('components', 'messages', type)])),
    bindings: { kafka: { topic, partitions, bindingVersion: '0.5.0' } },
  };
}

const operationOf = (
  action: 'send' | 'receive',
  channel: string,
  summary: string,
  messages: readonly string[],
): Node => ({
  action,
  summary,
  channel: reference('channels', channel),
  messages: messages.map((name) => reference('channels', channel, 'messages', name)),
});

const eventMessage = (event: EventDefinition, data: JsonSchema): Node => ({
  name: event.type,
  title: event.type,
  summary: event.about,
  contentType: 'application/cloudevents+json',
  payload: {
    allOf: [
      reference('components', 'schemas', 'CloudEvent'),
      {
        type: 'object',
        properties: { type: { const: event.type }, dataschema: { const: dataSchemaOf(event) }, data },
        required: ['type', 'dataschema', 'data'],
      },
    ],
  },
  bindings: { kafka: { key: { type: 'string' }, bindingVersion: '0.5.0' } },
});

const socketMessage = (summary: string, payload: JsonSchema): Node => ({ summary, payload });
