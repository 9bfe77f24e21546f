import { Parser } from '@asyncapi/parser';
import { asyncApiDocument, eventCatalogue, topics } from '../src';

const parse = (document: unknown) => new Parser().parse(JSON.stringify(document));

/** 0 is an error, 1 a warning. */
const complaints = (diagnostics: readonly { severity: number; message: string }[]) =>
  diagnostics.filter(({ severity }) => severity <= 1).map(({ message }) => message);

test('the document is valid AsyncAPI 3.0', async () => {
  const { document, diagnostics } = await parse(asyncApiDocument());
  expect(complaints(diagnostics)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
});

test('every topic and every event is described, and the live-sync socket', async () => {
  const { document } = await parse(asyncApiDocument());
  const channels = document!.channels().all();
  expect(channels.map((channel) => channel.address()).sort()).toEqual(
    [...Object.keys(topics), '/api/v1/sync'].sort(),
  );
  const messages = channels.flatMap((channel) =>
    channel
      .messages()
      .all()
      .map((message) => message.id()),
  );
  expect(messages.sort()).toEqual([...eventCatalogue.keys(), 'sync.client', 'sync.server'].sort());
});

test('an event is a CloudEvent whose data has the event’s own schema', () => {
  const { components } = asyncApiDocument() as unknown as {
    components: { messages: Record<string, { payload: object }> };
  };
  expect(components.messages['task.created']!.payload).toEqual({
    allOf: [
      { $ref: '#/components/schemas/CloudEvent' },
      {
        type: 'object',
        required: ['type', 'dataschema', 'data'],
        properties: {
          type: { const: 'task.created' },
          dataschema: { const: '/events/task.created/1' },
          data: { $ref: '#/components/schemas/Task' },
        },
      },
    ],
  });
});
