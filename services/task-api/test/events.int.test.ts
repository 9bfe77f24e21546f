import { CloudEvent, eventCatalogue, type Task, type TaskUpdate } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Client } from '@almanac/testkit/service';
import { createTask, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
let api: TaskApiUnderTest;
let user: string;
let request: Client;

beforeAll(async () => {
  api = await startTaskApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  user = newId();
  request = await api.as(user);
});

const eventsOf = async (task: Pick<Task, 'id'>, topic: 'task-events' | 'task-updates') =>
  (await api.events()).filter(
    ({ subject, type }) => subject === `task/${task.id}` && eventCatalogue.get(type)?.topic === topic,
  );

test('each change is told once, in the order it happened, with the task as it then was', async () => {
  const task = await createTask(request, { due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin' } });
  const path = `${tasks}/${task.id}`;
  const changed = await request('PATCH', path, { body: { title: 'x' }, headers: { 'if-match': '"1"' } });
  const completed = await request('POST', `${path}/complete`);
  const reopened = await request('POST', `${path}/reopen`);
  await request('DELETE', path);
  const restored = await request('POST', `${path}/restore`);

  const told = await eventsOf(task, 'task-events');
  const states = [task, changed.body, completed.body, reopened.body, null, restored.body];
  expect(told.map(({ type, data }) => [type, (data as Task).version])).toEqual([
    ['task.created', 1],
    ['task.updated', 2],
    ['task.completed', 3],
    ['task.updated', 4],
    ['task.deleted', 5],
    ['task.updated', 6],
  ]);
  told.forEach(({ data }, index) => states[index] && expect(data).toEqual(states[index]));

  const shown = (await eventsOf(task, 'task-updates')).map(({ data }) => data as TaskUpdate);
  expect(shown.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
  shown.forEach((update, index) => {
    expect(update).toEqual({
      userId: user,
      taskId: task.id,
      version: index + 1,
      task: states[index] ?? null,
    });
  });
});

test('an event says who, what, when and from where, as CloudEvents and the contract have it', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await request('POST', tasks, {
    body: { title: 'x' },
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  expect(answer.headers.get('x-request-id')).toBe(traceId);
  const [event] = await eventsOf(answer.body as Task, 'task-events');
  expect(CloudEvent.parse(event)).toEqual(event);
  expect(event).toEqual({
    specversion: '1.0',
    id: expect.any(String) as string,
    source: '/services/task-api',
    type: 'task.created',
    subject: `task/${(answer.body as Task).id}`,
    time: api.clock.now(),
    datacontenttype: 'application/json',
    dataschema: '/events/task.created/1',
    partitionkey: (answer.body as Task).id,
    userid: user,
    actorid: user,
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)) as string,
    data: answer.body,
  });
  expect(eventCatalogue.get('task.created')!.data.parse(event!.data)).toEqual(event!.data);
});

test('what changes nothing tells nothing', async () => {
  const task = await createTask(request);
  const path = `${tasks}/${task.id}`;
  await request('GET', path);
  await request('POST', `${path}/reopen`);
  await request('PATCH', path, { body: { title: 'x' }, headers: { 'if-match': '"7"' } });
  await request('PATCH', path, { body: { title: '' }, headers: { 'if-match': '"1"' } });
  expect(await eventsOf(task, 'task-events')).toHaveLength(1);
});

test('a task that ten devices complete at once is completed once', async () => {
  const task = await createTask(request);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => request('POST', `${tasks}/${task.id}/complete`)),
  );
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  const told = await eventsOf(task, 'task-events');
  expect(told.map(({ type }) => type)).toEqual(['task.created', 'task.completed']);
});

test('the screens of a user get changes of all tasks in the order they were made', async () => {
  const expected: string[] = [];
  for (let n = 0; n < 10; n++) {
    const { id } = await createTask(request);
    await request('POST', `${tasks}/${id}/complete`);
    expected.push(`${id} 1`, `${id} 2`);
  }
  const updates = (await api.events())
    .filter(({ type, userid }) => type === 'task.update' && userid === user)
    .map(({ data }) => data as TaskUpdate);
  expect(updates.map(({ taskId, version }) => `${taskId} ${version}`)).toEqual(expected);
});
