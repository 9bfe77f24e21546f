import type { CloudEvent } from '@almanac/contracts';
import { z } from 'zod';
import {
  consume,
  currentTrace,
  on,
  onAny,
  type EventBus,
  type EventHandler,
  type Observe,
  type Subscription,
} from '../src';
import { sampleEvent } from './sample';

const happened = {
  topic: 'task-events',
  type: 'sample.happened',
  data: z.object({ n: z.number() }),
} as const;
const delivery = { attempt: 2, topic: 'task-events', key: 'key' } as const;

/** Subscribes, and returns what the bus was given. */
const subscribe = async (
  handlers: readonly EventHandler<string[]>[],
  deps: string[] = [],
  observe: Observe = () => undefined,
): Promise<Subscription> => {
  const subscriptions: Subscription[] = [];
  const bus: EventBus = {
    publish: () => Promise.resolve(),
    subscribe: (subscription) => {
      subscriptions.push(subscription);
      return Promise.resolve({ stop: () => Promise.resolve() });
    },
  };
  await consume(bus, 'group', handlers, deps, observe);
  return subscriptions[0]!;
};
const say =
  (what: string) =>
  async (story: string[], { data }: CloudEvent) => {
    await Promise.resolve();
    story.push(`${what} ${JSON.stringify(data)}`);
  };

test('a service subscribes once, to the topics its handlers name', async () => {
  const { group, topics } = await subscribe([
    on(happened, say('a')),
    onAny('task-events', say('b')),
    onAny('task-updates', say('c')),
  ]);
  expect({ group, topics }).toEqual({ group: 'group', topics: ['task-events', 'task-updates'] });
});

test('an event goes to the handlers of its type and of its topic, in their order; others pass by', async () => {
  const story: string[] = [];
  const { handle } = await subscribe(
    [on(happened, say('one')), onAny('task-updates', say('elsewhere')), onAny('task-events', say('any'))],
    story,
  );
  await handle(sampleEvent('key', { n: 1 }), delivery);
  await handle(sampleEvent('key', { n: 2 }, 'sample.ended'), delivery);
  expect(story).toEqual(['one {"n":1}', 'any {"n":1}', 'any {"n":2}']);
});

test('a handler runs in the trace of its event', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traces: (string | undefined)[] = [];
  const { handle } = await subscribe([
    onAny('task-events', () => Promise.resolve(void traces.push(currentTrace()?.traceId))),
  ]);
  await handle({ ...sampleEvent('key', {}), traceparent: `00-${traceId}-00f067aa0ba902b7-01` }, delivery);
  await handle(sampleEvent('key', {}), delivery);
  expect(traces[0]).toBe(traceId);
  expect(traces[1]).toMatch(/^[0-9a-f]{32}$/);
});

test('what was handled is told, with how long it took and how old it was', async () => {
  const observe = jest.fn<void, Parameters<Observe>>();
  const { handle } = await subscribe([onAny('task-events', say('any'))], [], observe);
  const event = { ...sampleEvent('key', {}), time: new Date(Date.now() - 60_000).toISOString() };
  await handle(event, delivery);
  const [told] = observe.mock.calls[0]!;
  expect(told).toMatchObject({ group: 'group', event, outcome: 'ok', attempt: 2 });
  expect(told.duration).toBeLessThan(1_000);
  expect(told.age).toBeGreaterThanOrEqual(60_000);
});

test('a failure is told, and is the bus’s to repeat', async () => {
  const observe = jest.fn<void, Parameters<Observe>>();
  const error = new Error('broken');
  const { handle } = await subscribe([onAny('task-events', () => Promise.reject(error))], [], observe);
  await expect(handle(sampleEvent('key', {}), delivery)).rejects.toBe(error);
  expect(observe.mock.calls).toEqual([[expect.objectContaining({ outcome: 'failed', error })]]);
});

test('an event that breaks its contract reaches no handler, and no repetition mends it', async () => {
  const story: string[] = [];
  const { handle } = await subscribe([onAny('task-events', say('any'))], story);
  await expect(handle(sampleEvent('key', {}, 'task.created'), delivery)).rejects.toMatchObject({
    name: 'PermanentError',
  });
  expect(story).toEqual([]);
});
