import { AuditEntry, page, Problem } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Client } from '@almanac/testkit/service';
import { startAudit, taskEvent, type AuditUnderTest } from './harness';

const path = '/api/v1/audit-log';
const [ada, grace] = [newId(), newId()];
const task = newId();
let audit: AuditUnderTest;
let request: Client;
let operator: Client;

beforeAll(async () => {
  audit = await startAudit();
  request = await audit.as(ada);
  operator = await audit.as(newId(), 'operator');
  const at = (minute: number) => `2026-11-21T09:${String(minute).padStart(2, '0')}:00.000Z`;
  await audit.bus.publish([
    taskEvent(ada, { taskId: task, time: at(0) }),
    taskEvent(ada, { taskId: task, time: at(1), completed: true }),
  ]);
  await audit.recorded(2);
  await audit.bus.publish(Array.from({ length: 23 }, (_, n) => taskEvent(ada, { time: at(2 + n) })));
  await audit.bus.publish(Array.from({ length: 5 }, () => taskEvent(grace, { time: at(50) })));
  await audit.recorded(30);
});
afterAll(() => audit.stop());

async function list(query: string, as: Client = request) {
  const { status, body } = await as('GET', `${path}?${query}`);
  if (status !== 200) throw new Error(`not listed: ${JSON.stringify(body)}`);
  return page(AuditEntry).parse(body);
}

async function readAll(query: string, as: Client = request) {
  const items: AuditEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const slice = await list(`${query}${cursor && `&cursor=${cursor}`}`, as);
    items.push(...slice.items);
    cursor = slice.nextCursor;
  }
  return items;
}

test('a user sees what happened to their data, newest first, each entry once on some page', async () => {
  const all = await readAll('limit=200');
  expect(all).toHaveLength(25);
  expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set([ada]));
  const sequences = all.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
  for (const limit of [1, 7, 24, 25, 26]) expect(await readAll(`limit=${limit}`)).toEqual(all);
});

test('entries that come while pages are read do not move the rest', async () => {
  const first = await list('limit=10');
  const newcomer = taskEvent(ada, { time: '2026-11-21T10:30:00.000Z' });
  await audit.bus.publish([newcomer]);
  await audit.recorded(31);
  const rest = (await list(`limit=200&cursor=${first.nextCursor!}`)).items;
  expect([...first.items, ...rest].map(({ eventId }) => eventId)).not.toContain(newcomer.event.id);
  expect([...first.items, ...rest]).toHaveLength(25);
});

test.each([
  ['the entity', `entityType=task&entityId=${task}`, 2],
  ['the kind of entity', 'entityType=account', 0],
  ['the type', 'type=task.completed', 1],
  ['a time from', 'from=2026-11-21T09:20:00.000Z&to=2026-11-21T10:00:00Z', 5],
  ['a time to', 'to=2026-11-21T09:02:00Z', 2],
  [
    'everything',
    `type=task.created&entityType=task&entityId=${task}&from=2026-11-21T09:00:00Z&userId=${ada}`,
    1,
  ],
])('entries are found by %s', async (_what, query, count) => {
  expect((await list(query)).items).toHaveLength(count);
});

test('an operator sees everybody’s, or one user’s', async () => {
  expect((await readAll('limit=50&to=2026-11-21T10:00:00Z', operator)).length).toBe(30);
  const graces = await readAll(`limit=2&userId=${grace}`, operator);
  expect(graces).toHaveLength(5);
  expect(new Set(graces.map(({ userId }) => userId))).toEqual(new Set([grace]));
});

test('a user who asks for another one’s entries finds none, also with the other one’s cursor', async () => {
  expect((await list(`userId=${grace}`)).items).toEqual([]);
  const { nextCursor } = await list('limit=1', await audit.as(grace));
  const seen = await list(`cursor=${nextCursor!}`);
  expect(new Set(seen.items.map(({ userId }) => userId))).toEqual(new Set([ada]));
});

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

test.each([
  ['limit=0', 'invalid_input', ['limit']],
  ['limit=201', 'invalid_input', ['limit']],
  ['userId=x', 'invalid_input', ['userId']],
  ['userId=%27%20or%201%3D1', 'invalid_input', ['userId']],
  ['entityType=%00', 'invalid_input', ['entityType']],
  ['entityId=%00', 'invalid_input', ['entityId']],
  [`entityId=${'x'.repeat(101)}`, 'invalid_input', ['entityId']],
  ['type=%00', 'invalid_input', ['type']],
  ['type=a&type=b', 'invalid_input', ['type']],
  ['from=yesterday', 'invalid_input', ['from']],
  ['from=2026-02-30T00:00:00Z', 'invalid_input', ['from']],
  ['from=0000-01-01T00:00:00Z', 'invalid_input', ['from']],
  ['to=2026-11-21', 'invalid_input', ['to']],
  ['user_id=x', 'invalid_input', ['user_id']],
  ['type=%ff', 'malformed_request', undefined],
  ['cursor=', 'invalid_cursor', undefined],
  ['cursor=garbage', 'invalid_cursor', undefined],
  [`cursor=${cursor('sequence desc', '5', newId())}`, 'invalid_cursor', undefined],
  [`cursor=${cursor('sequence desc', 1.5, newId())}`, 'invalid_cursor', undefined],
  [`cursor=${cursor('sequence desc', 1e300, newId())}`, 'invalid_cursor', undefined],
  [`cursor=${cursor('sequence desc', 5, `' or 1=1`)}`, 'invalid_cursor', undefined],
  [`cursor=${cursor('sequence asc', 5, newId())}`, 'invalid_cursor', undefined],
  [`cursor=${cursor('created desc', '2026-11-21T09:30:00.000Z', newId())}`, 'invalid_cursor', undefined],
])('%s is refused', async (query, code, at) => {
  for (const as of [request, operator]) {
    const { status, body } = await as('GET', `${path}?${query}`);
    const problem = Problem.parse(body);
    expect({ code: problem.code, at: problem.issues?.map((issue) => issue.path) }).toEqual({ code, at });
    expect(status).toBe(problem.status);
  }
});

test('the log can be read only', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await operator(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
  }
});
