import { taskCreated, type CloudEvent } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { createMetrics, observeConsumption, observeRelay } from '../src';
import { recordLog } from './sample';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const event: CloudEvent = {
  specversion: '1.0',
  id: newId(),
  source: '/services/task-api',
  type: taskCreated.type,
  subject: 'task/1',
  time: '2026-11-21T09:30:00.000Z',
  datacontenttype: 'application/json',
  dataschema: '/events/task.created/1',
  partitionkey: '1',
  userid: newId(),
  traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  data: { title: 'something private' },
};

test('each event that is published is counted and is a log line, without what it says', async () => {
  const { lines, logger } = recordLog();
  const metrics = createMetrics();
  const { onPublished, onError } = observeRelay('task-api', metrics, logger);
  onPublished(
    [
      { topic: 'task-events', key: '1', event },
      { topic: 'task-updates', key: '1', event },
    ],
    1_500,
  );
  const text = await metrics.registry.metrics();
  expect(text).toContain('almanac_events_published_total{service="task-api",topic="task-events"} 1');
  expect(text).toContain('almanac_outbox_oldest_age_seconds{service="task-api"} 1.5');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    message: 'event published',
    topic: 'task-events',
    event_id: event.id,
    event_type: 'task.created',
    user_id: event.userid,
    trace_id: traceId,
  });
  onError(new Error('the broker is away'));
  expect(lines[2]).toMatchObject({ level: 'error', error: { message: 'the broker is away' } });
  expect(JSON.stringify(lines)).not.toContain('private');
});

test('each event that is consumed is counted and is a log line, whether it worked or not', async () => {
  const { lines, logger } = recordLog();
  const metrics = createMetrics();
  const observe = observeConsumption(metrics, logger);
  const consumed = { group: 'audit', event, duration: 20, age: 300 };
  observe({ ...consumed, outcome: 'failed', attempt: 1, error: new Error('not now') });
  observe({ ...consumed, outcome: 'ok', attempt: 2 });
  const text = await metrics.registry.metrics();
  const count = 'almanac_event_handling_duration_seconds_count';
  expect(text).toContain(`${count}{group="audit",type="task.created",outcome="ok"} 1`);
  expect(text).toContain(`${count}{group="audit",type="task.created",outcome="failed"} 1`);
  expect(text).toContain('almanac_event_age_seconds_sum{group="audit"} 0.3');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      attempt: 1,
      error: expect.objectContaining({ message: 'not now' }) as unknown,
    }),
    expect.objectContaining({
      level: 'info',
      message: 'event consumed',
      group: 'audit',
      event_id: event.id,
      event_type: 'task.created',
      user_id: event.userid,
      attempt: 2,
      duration_ms: 20,
    }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('private');
});

test('a process tells of its memory and its event loop as well', async () => {
  const text = await createMetrics().registry.metrics();
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});
