import { waitUntil } from '@almanac/testkit';
import { createTask, problemOf, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
let api: TaskApiUnderTest;

beforeAll(async () => {
  api = await startTaskApi();
});
afterAll(() => api.stop());

const waiting = async () => (await api.sql('select 1 from task_api.outbox')).length;

test('while the bus is away tasks are served all the same, and their events come afterwards, in order', async () => {
  const request = await api.as();
  const away = jest.spyOn(api.bus, 'publish').mockRejectedValue(new Error('the broker is away'));
  const { id } = await createTask(request);
  await request('POST', `${tasks}/${id}/complete`);
  await request('POST', `${tasks}/${id}/reopen`);
  await waitUntil(() => away.mock.calls.length >= 2);
  expect(await waiting()).toBe(6);
  expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
  away.mockRestore();
  const back = performance.now();
  await waitUntil(async () => (await waiting()) === 0);
  expect(performance.now() - back).toBeLessThan(2_500); // its own pause, not the idle relay's next look
  const told = (await api.events()).filter(
    ({ subject, type }) => subject === `task/${id}` && type !== 'task.update',
  );
  expect(told.map(({ type }) => type)).toEqual(['task.created', 'task.completed', 'task.updated']);
});

test('events that wait when a service stops are published when it starts again', async () => {
  const request = await api.as();
  const away = jest.spyOn(api.bus, 'publish').mockRejectedValue(new Error('the broker is away'));
  const { id } = await createTask(request);
  await api.restart();
  expect(await waiting()).toBe(2);
  away.mockRestore();
  const told = (await api.events()).filter(({ subject }) => subject === `task/${id}`);
  expect(told.map(({ type }) => type).sort()).toEqual(['task.created', 'task.update']);
});

test('connections to the database that break under load make no answer but “try again”, and are replaced', async () => {
  const request = await api.as();
  const attempt = async (n: number) => {
    const answer = await request('POST', tasks, { body: { title: `Task ${n}` } });
    if (answer.status === 201) return 201;
    expect(problemOf(answer)).toMatchObject({ status: 503, code: 'unavailable' });
    expect(answer.headers.get('retry-after')).toBe('2');
    return 503;
  };
  const attempts = Array.from({ length: 60 }, (_, n) => attempt(n));
  await attempts[0];
  await api.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'almanac-task-api' and datname = current_database()`,
  );
  const created = (await Promise.all(attempts)).filter((status) => status === 201).length;
  expect(await attempt(60)).toBe(201);
  const listed = (await request('GET', `${tasks}?limit=200`)).body as { items: unknown[] };
  // One whose connection broke between the commit and its answer may be there without being acknowledged.
  expect(listed.items.length).toBeGreaterThanOrEqual(created + 1);
  expect(listed.items.length).toBeLessThanOrEqual(61);
});

test('a task that somebody else holds for too long is “try again” as well', async () => {
  const request = await api.as();
  const { id } = await createTask(request);
  await api.sql('begin');
  await api.sql('select 1 from task_api.task where id = $1 for update', [id]);
  const answer = await request('POST', `${tasks}/${id}/complete`);
  await api.sql('rollback');
  expect(problemOf(answer).code).toBe('unavailable');
  expect((await request('POST', `${tasks}/${id}/complete`)).status).toBe(200);
}, 15_000);

test('a database that goes away makes the service unready but not dead', async () => {
  const gone = await startTaskApi();
  const request = await gone.as();
  await gone.database.drop();
  expect((await fetch(`${gone.url}/health/live`)).status).toBe(200);
  const ready = await fetch(`${gone.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    failing: { 'task-api/database': expect.any(String) as string },
  });
  expect((await request('GET', tasks)).status).toBeGreaterThanOrEqual(500);
  await gone.stop();
});
