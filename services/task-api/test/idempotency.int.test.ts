import { newId } from '@almanac/kernel';
import { createTask, problemOf, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
let api: TaskApiUnderTest;

beforeAll(async () => {
  api = await startTaskApi();
});
afterAll(() => api.stop());

const withKey = (key: string, title = 'Once') => ({ body: { title }, headers: { 'idempotency-key': key } });
const stored = async () =>
  (await api.sql<{ count: number }>('select count(*)::int from task_api.task'))[0]!.count;

test('of twenty requests with one key at once, one creates a task and all get the same answer', async () => {
  const request = await api.as();
  const before = await stored();
  const key = newId();
  const answers = await Promise.all(Array.from({ length: 20 }, () => request('POST', tasks, withKey(key))));
  for (const answer of answers) {
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 201, body: answers[0]!.body });
    expect(answer.headers.get('etag')).toBe('"1"');
  }
  expect(await stored()).toBe(before + 1);
  const { id } = answers[0]!.body as { id: string };
  const told = (await api.events()).filter(({ subject }) => subject === `task/${id}`);
  expect(told.map(({ type }) => type).sort()).toEqual(['task.created', 'task.update']);
});

test('a repeated request gets the first answer, also after a restart and when the task has changed since', async () => {
  const request = await api.as();
  const key = newId();
  const first = await request('POST', tasks, withKey(key));
  const { id } = first.body as { id: string };
  await request('POST', `${tasks}/${id}/complete`);
  await api.restart();
  const again = await request('POST', tasks, withKey(key));
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect((await request('GET', tasks)).body).toMatchObject({ items: [{ id, status: 'completed' }] });
});

test('a request that says the same in other words is the same', async () => {
  const request = await api.as();
  const headers = { 'idempotency-key': newId() };
  const first = await request('POST', tasks, { body: '{"title":"x","priority":"medium"}', headers });
  const second = await request('POST', tasks, { body: ' {"tags":[], "title":" x "}', headers });
  expect(second).toMatchObject({ status: 201, body: first.body });
});

test('a key that comes with another request is refused, and nothing is created', async () => {
  const request = await api.as();
  const key = newId();
  await request('POST', tasks, withKey(key, 'First'));
  const other = await request('POST', tasks, withKey(key, 'Second'));
  expect(problemOf(other)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  expect((await request('GET', tasks)).body).toMatchObject({ items: [{ title: 'First' }] });
});

test('a request that failed does not use up its key', async () => {
  const request = await api.as();
  const key = newId();
  expect((await request('POST', tasks, withKey(key, ''))).status).toBe(422);
  expect((await request('POST', tasks, withKey(key, 'x'))).status).toBe(201);
});

test('the same key of two users makes two tasks', async () => {
  const [ada, grace] = [await api.as(), await api.as()];
  const key = newId();
  const [one, other] = [await ada('POST', tasks, withKey(key)), await grace('POST', tasks, withKey(key))];
  expect(one.status).toBe(201);
  expect(other.status).toBe(201);
  expect((one.body as { id: string }).id).not.toBe((other.body as { id: string }).id);
});

test('a key is forgotten after a day, not before', async () => {
  const request = await api.as();
  const key = newId();
  await request('POST', tasks, withKey(key));
  const kept = async () =>
    (await api.sql('select 1 from task_api.idempotency_key where key = $1', [key])).length;
  // A key's time is the database's, the sweep's is the service's clock.
  api.clock.set(new Date(Date.now() + 23 * 60 * 60 * 1000).toISOString());
  await api.scheduler.run('task-api-purge');
  expect(await kept()).toBe(1);
  api.clock.advance(2 * 60 * 60 * 1000);
  await api.scheduler.run('task-api-purge');
  expect(await kept()).toBe(0);
});

test('without a key, every request creates a task', async () => {
  const request = await api.as();
  await createTask(request);
  await createTask(request);
  expect(((await request('GET', tasks)).body as { items: unknown[] }).items).toHaveLength(2);
});
