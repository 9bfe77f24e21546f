import { AuditEntry } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import { startAudit, taskEvent, type AuditUnderTest } from './harness';

let audit: AuditUnderTest;

beforeAll(async () => {
  audit = await startAudit({ replicas: 2 });
});
afterAll(() => audit.stop());

const sequences = async () =>
  (await audit.sql<{ sequence: string }>('select sequence from audit.audit_log order by sequence')).map(
    ({ sequence }) => Number(sequence),
  );

test('each event is recorded once, with two members at work and every event delivered three times', async () => {
  const users = [newId(), newId(), newId()];
  const messages = Array.from({ length: 120 }, (_, n) => taskEvent(users[n % 3]!));
  await Promise.all([
    audit.bus.publish(messages),
    audit.bus.publish([...messages].reverse()),
    ...messages.map((message) => audit.bus.publish([message])),
  ]);
  const last = taskEvent(users[0]!);
  await audit.bus.publish([last, last]);
  await audit.recorded(121);
  // Once each partition is read to its end, nothing more can come.
  const behind = () =>
    audit.sql(
      `select 1 from bus.group_offset o join bus.partition p using (topic, partition)
       where group_name = 'audit' and position < head`,
    );
  await waitUntil(async () => (await behind()).length === 0);
  expect(await sequences()).toEqual(Array.from({ length: 121 }, (_, n) => n + 1));
  const rows = await audit.sql<{ event_id: string }>('select event_id from audit.audit_log');
  expect(rows.map(({ event_id }) => event_id).sort()).toEqual(
    [...messages, last].map(({ event }) => event.id).sort(),
  );
  expect(await audit.verify()).toEqual({ entries: 121, heads: 0, problems: [] });
  const metrics = await audit.metrics.registry.metrics();
  expect(metrics).toMatch(
    /^almanac_event_handling_duration_seconds_count\{group="audit",type="task.created",outcome="ok"\} [1-9]/m,
  );
}, 30_000);

test('an entry says what happened, when, to whose data, by whom, and in which trace', async () => {
  const user = newId();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const message = taskEvent(user, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  const before = (await sequences()).length;
  await audit.bus.publish([message]);
  await audit.recorded(before + 1);
  const { body } = await (await audit.as(user))('GET', '/api/v1/audit-log');
  const [entry] = (body as { items: unknown[] }).items;
  expect(AuditEntry.parse(entry)).toEqual({
    sequence: before + 1,
    eventId: message.event.id,
    type: 'task.created',
    at: message.event.time,
    userId: user,
    actorId: user,
    entity: { type: 'task', id: message.key },
    data: message.event.data,
    traceId,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

test('an event that writes its ids and time in another way does not make the chain look broken', async () => {
  const user = newId();
  const before = (await sequences()).length;
  await audit.bus.publish([
    taskEvent(user, { id: newId().toUpperCase(), userid: user.toUpperCase(), actorid: user.toUpperCase() }),
    taskEvent(user, { time: '2026-11-21T09:30:00Z' }),
    taskEvent(user, { time: '2026-11-21T09:30:00.123456789Z' }),
    taskEvent(user, { type: 'task.unknown', dataschema: '/events/task.unknown/1', data: null }),
    taskEvent(user, {
      type: 'task.unknown',
      dataschema: '/events/task.unknown/1',
      data: { b: 1, a: [-0, 1e300, 0.1], 2: '\ud800 \u0000', 1: '𝄞', ['__proto__']: {}, nested: { x: null } },
    }),
  ]);
  await audit.recorded(before + 5);
  expect(await audit.verify()).toMatchObject({ entries: before + 5, problems: [] });
});

test('an event of nobody’s data is recorded, and shown to operators only', async () => {
  const before = (await sequences()).length;
  const { userid: _userid, actorid: _actorid, ...event } = taskEvent(newId()).event;
  await audit.bus.publish([{ topic: 'task-events', key: event.partitionkey, event }]);
  await audit.recorded(before + 1);
  const query = `/api/v1/audit-log?entityId=${event.partitionkey}`;
  expect((await (await audit.as(newId()))('GET', query)).body).toMatchObject({ items: [] });
  expect((await (await audit.as(newId(), 'operator'))('GET', query)).body).toMatchObject({
    items: [{ eventId: event.id, userId: null, actorId: null, traceId: null }],
  });
});

test('what repeats a change for the screens is not recorded', async () => {
  const before = (await sequences()).length;
  const { event } = taskEvent(newId());
  await audit.bus.publish([{ topic: 'task-updates', key: newId(), event: { ...event, id: newId() } }]);
  await audit.bus.publish([taskEvent(newId())]);
  await audit.recorded(before + 1);
  expect((await sequences()).length).toBe(before + 1);
});
