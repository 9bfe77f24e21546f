import { newId } from '@almanac/kernel';
import { startProduct, type Product } from './support/product';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

test('one trace leads from a request over its events to the audit log, in data and in logs', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const user = newId();
  const request = await product.as({ id: user });
  const { status } = await request('POST', '/api/v1/tasks', {
    body: { title: 'Follow me' },
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  expect(status).toBe(201);
  await product.settled();

  const events = await product.sql<{ trace: string }>(
    `select split_part(event ->> 'traceparent', '-', 2) as trace from bus.event where event ->> 'userid' = $1`,
    [user],
  );
  expect(events).toEqual([{ trace: traceId }, { trace: traceId }]);
  const { body } = await request('GET', '/api/v1/audit-log');
  expect(body).toMatchObject({ items: [{ type: 'task.created', userId: user, traceId }] });

  const steps = product.lines
    .filter((line) => line.trace_id === traceId)
    .map(({ service, message }) => `${String(service)}: ${String(message)}`);
  expect(steps.sort()).toEqual([
    'audit: event consumed',
    'realtime: event consumed',
    'task-api: event published',
    'task-api: event published',
    'task-api: request',
  ]);
});

test('every line says when, how grave, which service and what; lines about a user say which', async () => {
  const token = await product.tokenFor({ id: newId() });
  const request = await product.as({ id: newId() });
  await request('POST', '/api/v1/tasks', {
    body: { title: 'x' },
    headers: { authorization: `Bearer ${token}` },
  });
  await request('GET', '/api/v1/tasks?cursor=x');
  await product.anonymous('POST', '/api/v1/auth/token', {
    body: { email: 'a@example.org', password: 'correct horse' },
  });
  await product.settled();
  for (const line of product.lines) {
    expect(line).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as string,
      level: expect.stringMatching(/^(info|warn|error)$/) as string,
      service: expect.stringMatching(/^(task-api|audit|realtime|web)$/) as string,
      message: expect.stringMatching(/\w/) as string,
    });
    if (line.message !== 'request' || line.route === '/api/v1/tasks')
      expect(line).toMatchObject({
        user_id: expect.any(String) as string,
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
  }
  const text = JSON.stringify(product.lines);
  expect(text).not.toContain(token);
  expect(text).not.toContain('correct horse');
});

test('each event that a service publishes or consumes is counted', async () => {
  const request = await product.as({ id: newId() });
  await request('POST', '/api/v1/tasks', { body: { title: 'x' } });
  await product.settled();
  const metrics = await (await fetch(`${product.url}/metrics`)).text();
  const handled = (group: string, type: string) =>
    new RegExp(
      `^almanac_event_handling_duration_seconds_count\\{group="${group}",type="${type}",outcome="ok"\\} [1-9]`,
      'm',
    );
  expect(metrics).toMatch(/^almanac_events_published_total\{service="task-api",topic="task-events"\} [1-9]/m);
  expect(metrics).toMatch(
    /^almanac_events_published_total\{service="task-api",topic="task-updates"\} [1-9]/m,
  );
  expect(metrics).toMatch(handled('audit', 'task.created'));
  expect(metrics).toMatch(handled('realtime', 'task.update'));
  expect(metrics).toMatch(/^almanac_event_age_seconds_count\{group="audit"\} [1-9]/m);
});
