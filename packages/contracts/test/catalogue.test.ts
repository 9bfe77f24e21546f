import { userScopes } from '@almanac/kernel';
import { z } from 'zod';
import {
  apiCatalogue,
  auditedTopics,
  CloudEvent,
  dataSchemaOf,
  defineEvent,
  eventCatalogue,
  Instant,
  ListAudit,
  Paging,
  pathOf,
  topics,
} from '../src';

const operations = apiCatalogue.flatMap((api) =>
  Object.entries(api.operations).map(([name, operation]) => ({
    name,
    operation,
    path: pathOf(api, operation),
  })),
);

test('no two operations share a name, or a method and path', () => {
  const names = operations.map(({ name }) => name);
  const routes = operations.map(
    ({ operation, path }) => `${operation.method} ${path.replaceAll(/:\w+/g, ':')}`,
  );
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(routes).size).toBe(routes.length);
});

test('each scope that an operation asks for can be granted', () => {
  const scopes = operations.map(({ operation }) => operation.scope).filter((scope) => scope !== 'public');
  expect(userScopes).toEqual(expect.arrayContaining(scopes));
});

test('each parameter in a path is checked to be what it must be', () => {
  for (const { operation, path } of operations) {
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys((operation.params as z.ZodObject | undefined)?.shape ?? {})).toEqual(names);
  }
});

test('reading needs no right to write, and writing does', () => {
  for (const { operation } of operations)
    if (operation.scope !== 'public')
      expect(operation.scope.split(':')[1]).toBe(operation.method === 'GET' ? 'read' : 'write');
});

test('events are on topics that are there, and their schemas have addresses of their own', () => {
  const events = [...eventCatalogue.values()];
  for (const { topic } of events) expect(topics).toHaveProperty([topic]);
  const addresses = events.map(dataSchemaOf);
  expect(new Set(addresses).size).toBe(events.length);
  expect(dataSchemaOf({ type: 'task.created', version: 1 })).toBe('/events/task.created/1');
});

test('what happened to tasks is audited, what repeats it for screens is not', () => {
  expect(auditedTopics).toContain('task-events');
  expect(auditedTopics).not.toContain('task-updates');
});

test('an event can’t be defined twice', () => {
  const again = () =>
    defineEvent('task.created', {
      topic: 'task-events',
      version: 2,
      about: 'A second meaning.',
      data: z.object({ id: z.string() }),
      key: ({ id }) => id,
      entity: ({ id }) => ({ type: 'task', id }),
    });
  expect(again).toThrow('event task.created is defined twice');
});

test('an envelope without a subject, or with a time that isn’t one, is no CloudEvent', () => {
  const event = {
    specversion: '1.0',
    id: '01a1fdcb-18ec-7004-a815-2f5b3a1c9d10',
    source: '/services/task-api',
    type: 'task.created',
    subject: 'task/1',
    time: '2026-11-21T09:30:00.000Z',
    datacontenttype: 'application/json',
    dataschema: '/events/task.created/1',
    partitionkey: '1',
    data: {},
  };
  expect(CloudEvent.safeParse(event).success).toBe(true);
  for (const change of [
    { subject: 'task' },
    { subject: '' },
    { time: '2026-02-30T00:00:00Z' },
    { specversion: '0.3' },
  ])
    expect(CloudEvent.safeParse({ ...event, ...change }).success).toBe(false);
});

test.each(['2026-11-21T09:30:00.000Z', '2026-11-21T09:30:00Z', '2028-02-29T23:59:59.999Z'])(
  '%s is an instant',
  (instant) => {
    expect(Instant.safeParse(instant).success).toBe(true);
  },
);

test.each([
  '2026-11-21',
  '2026-11-21T09:30:00+01:00',
  '2026-02-30T00:00:00Z',
  '2026-11-21T25:00:00Z',
  '0000-01-01T00:00:00Z',
])('%s is no instant in UTC', (instant) => {
  expect(Instant.safeParse(instant).success).toBe(false);
});

test.each(['0', '-1', '201', '1e9', 'NaN', '1.5', '', 'ten'])('a page can’t have %j items', (limit) => {
  expect(Paging.safeParse({ limit }).success).toBe(false);
});

test('the audit log can’t be searched for what the database can’t hold', () => {
  expect(ListAudit.safeParse({ entityType: 'task\u0000' }).success).toBe(false);
  expect(ListAudit.safeParse({ type: '\u0000' }).success).toBe(false);
  expect(ListAudit.safeParse({ from: '0000-01-01T00:00:00Z' }).success).toBe(false);
});
