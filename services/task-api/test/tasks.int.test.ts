import { Task } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Client } from '@almanac/testkit/service';
import { createTask, problemOf, startTaskApi, type TaskApiUnderTest } from './harness';

const tasks = '/api/v1/tasks';
let api: TaskApiUnderTest;
let request: Client;

beforeAll(async () => {
  api = await startTaskApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  request = await api.as();
});

const ifMatch = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

describe('creating', () => {
  test('a task is created with all that was said, and read back the same', async () => {
    const created = await request('POST', tasks, {
      body: {
        title: '  Water the plants 🌱 ',
        description: 'All of them,\n"also" the \\cactus\\',
        priority: 'high',
        tags: ['Home', 'garden', 'home'],
        due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin' },
      },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(created.headers.get('x-content-type-options')).toBe('nosniff');
    const task = Task.parse(created.body);
    expect(task).toEqual({
      id: task.id,
      title: 'Water the plants 🌱',
      description: 'All of them,\n"also" the \\cactus\\',
      status: 'open',
      priority: 'high',
      tags: ['home', 'garden'],
      due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin', at: '2026-11-21T17:00:00.000Z' },
      createdAt: api.clock.now(),
      updatedAt: api.clock.now(),
      completedAt: null,
      version: 1,
    });
    const read = await request('GET', `${tasks}/${task.id}`);
    expect(read).toMatchObject({ status: 200, body: task });
    expect(read.headers.get('etag')).toBe('"1"');
  });

  test('what may be left out has a value all the same', async () => {
    expect(await createTask(request, { title: 'x' })).toMatchObject({
      description: '',
      priority: 'medium',
      tags: [],
      due: null,
    });
  });
});

describe('reading', () => {
  test('a device that has the current version gets 304 and no body', async () => {
    const { id } = await createTask(request);
    const fresh = await request('GET', `${tasks}/${id}`, { headers: { 'if-none-match': '"1"' } });
    expect(fresh).toMatchObject({ status: 304, body: null });
    expect(fresh.headers.get('etag')).toBe('"1"');
    const listed = await request('GET', `${tasks}/${id}`, { headers: { 'if-none-match': '"7", W/"1"' } });
    expect(listed.status).toBe(304);
    const stale = await request('GET', `${tasks}/${id}`, { headers: { 'if-none-match': '"7"' } });
    expect(stale.status).toBe(200);
  });

  test('HEAD answers as GET does, without the body', async () => {
    const { id } = await createTask(request);
    const head = await request('HEAD', `${tasks}/${id}`);
    expect(head).toMatchObject({ status: 200, body: null });
    expect(head.headers.get('etag')).toBe('"1"');
  });

  test('a task that isn’t there is 404, whatever its id looks like', async () => {
    for (const id of [newId(), 'x', '1', '..', '%2e%2e', '%00', '%ff', 'null', `${newId()}x`, "'or'1'='1"]) {
      const answer = await request('GET', `${tasks}/${id.startsWith('%') ? id : encodeURIComponent(id)}`);
      expect({ id, code: problemOf(answer).code }).toEqual({ id, code: 'not_found' });
    }
  });

  test('an id is the same in capitals', async () => {
    const { id } = await createTask(request);
    expect((await request('GET', `${tasks}/${id.toUpperCase()}`)).body).toMatchObject({ id });
  });
});

describe('changing', () => {
  test('what is given changes, the rest stays, and the version grows', async () => {
    const task = await createTask(request, {
      tags: ['home'],
      due: { local: '2026-11-21T18:00', zone: 'UTC' },
    });
    api.clock.advance(60_000);
    const answer = await request('PATCH', `${tasks}/${task.id}`, {
      body: { priority: 'low' },
      ...ifMatch(1),
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { ...task, priority: 'low', updatedAt: api.clock.now(), version: 2 },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
  });

  test('a due time can be taken away', async () => {
    const { id } = await createTask(request, { due: { local: '2026-11-21T18:00', zone: 'UTC' } });
    const { body } = await request('PATCH', `${tasks}/${id}`, { body: { due: null }, ...ifMatch(1) });
    expect(body).toMatchObject({ due: null });
    expect((await request('GET', `${tasks}/${id}`)).body).toMatchObject({ due: null });
  });

  test('a change of an old version is refused with 412 and says which is current', async () => {
    const { id } = await createTask(request);
    await request('PATCH', `${tasks}/${id}`, { body: { title: 'first' }, ...ifMatch(1) });
    const late = await request('PATCH', `${tasks}/${id}`, { body: { title: 'second' }, ...ifMatch(1) });
    expect(problemOf(late)).toMatchObject({
      code: 'version_mismatch',
      detail: expect.stringContaining('version 2') as string,
    });
    expect((await request('GET', `${tasks}/${id}`)).body).toMatchObject({ title: 'first', version: 2 });
  });

  test('of ten changes of one version at once, one is made', async () => {
    const { id } = await createTask(request);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        request('PATCH', `${tasks}/${id}`, { body: { title: `change ${n}` }, ...ifMatch(1) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)]);
    expect((await request('GET', `${tasks}/${id}`)).body).toMatchObject({ version: 2 });
  });

  test('a change must say of which version', async () => {
    const { id } = await createTask(request);
    for (const headers of [{}, { 'if-match': '*' }] as Record<string, string>[]) {
      const answer = await request('PATCH', `${tasks}/${id}`, { body: { title: 'x' }, headers });
      expect(problemOf(answer).code).toBe('precondition_required');
    }
  });

  test.each(['7', '"x"', 'W/"1"', '"1", "2"', '"0"', '"-1"', '"1', '"01"', '"99999999999"', '""'])(
    'If-Match: %s is no version',
    async (etag) => {
      const { id } = await createTask(request);
      const headers = { 'if-match': etag };
      const patched = await request('PATCH', `${tasks}/${id}`, { body: { title: 'x' }, headers });
      expect(problemOf(patched).code).toBe('malformed_request');
      const deleted = await request('DELETE', `${tasks}/${id}`, { headers });
      expect(problemOf(deleted).code).toBe('malformed_request');
      expect((await request('GET', `${tasks}/${id}`)).body).toMatchObject({ version: 1 });
    },
  );
});

describe('completing', () => {
  test('a task is completed and reopened, and says when', async () => {
    const task = await createTask(request);
    const completed = await request('POST', `${tasks}/${task.id}/complete`);
    expect(completed).toMatchObject({
      status: 200,
      body: {
        ...task,
        status: 'completed',
        completedAt: api.clock.now(),
        updatedAt: api.clock.now(),
        version: 2,
      },
    });
    expect(completed.headers.get('etag')).toBe('"2"');
    const reopened = await request('POST', `${tasks}/${task.id}/reopen`);
    expect(reopened).toMatchObject({ status: 200, body: { status: 'open', completedAt: null, version: 3 } });
  });

  test('completing or reopening twice changes nothing the second time', async () => {
    const { id } = await createTask(request);
    const first = await request('POST', `${tasks}/${id}/complete`);
    api.clock.advance(60_000);
    expect((await request('POST', `${tasks}/${id}/complete`)).body).toEqual(first.body);
    const open = await request('POST', `${tasks}/${id}/reopen`);
    expect((await request('POST', `${tasks}/${id}/reopen`)).body).toEqual(open.body);
  });

  test('a version may be given, and then counts', async () => {
    const { id } = await createTask(request);
    const mismatch = await request('POST', `${tasks}/${id}/complete`, ifMatch(2));
    expect(problemOf(mismatch).code).toBe('version_mismatch');
    expect((await request('POST', `${tasks}/${id}/complete`, ifMatch(1))).status).toBe(200);
    expect((await request('POST', `${tasks}/${id}/reopen`, { headers: { 'if-match': '*' } })).status).toBe(
      200,
    );
  });
});

describe('deleting', () => {
  test('a deleted task is gone from everywhere, and comes back as it was', async () => {
    const task = await createTask(request, { title: 'Keep me', tags: ['kept'] });
    const deleted = await request('DELETE', `${tasks}/${task.id}`);
    expect(deleted).toMatchObject({ status: 204, body: null });
    const path = `${tasks}/${task.id}`;
    for (const [method, where] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/complete`],
      ['POST', `${path}/reopen`],
    ] as const)
      expect(problemOf(await request(method, where)).code).toBe('not_found');
    const patched = await request('PATCH', path, { body: { title: 'x' }, ...ifMatch(2) });
    expect(problemOf(patched).code).toBe('not_found');
    expect((await request('GET', tasks)).body).toEqual({ items: [], nextCursor: null });
    expect((await request('GET', `${tasks}?q=keep`)).body).toEqual({ items: [], nextCursor: null });
    expect((await request('GET', `${tasks}/tags`)).body).toEqual({ items: [] });

    const restored = await request('POST', `${path}/restore`);
    expect(restored).toMatchObject({
      status: 200,
      body: { ...task, version: 3, updatedAt: api.clock.now() },
    });
    expect((await request('GET', path)).body).toEqual(restored.body);
  });

  test('only a deleted task can be restored', async () => {
    const { id } = await createTask(request);
    expect(problemOf(await request('POST', `${tasks}/${id}/restore`)).code).toBe('not_found');
    expect(problemOf(await request('POST', `${tasks}/${newId()}/restore`)).code).toBe('not_found');
  });

  test('a version may be given, and then counts', async () => {
    const { id } = await createTask(request);
    expect(problemOf(await request('DELETE', `${tasks}/${id}`, ifMatch(2))).code).toBe('version_mismatch');
    expect((await request('DELETE', `${tasks}/${id}`, ifMatch(1))).status).toBe(204);
  });

  test('what was deleted is gone for good after 30 days, and not before', async () => {
    const { id } = await createTask(request);
    const other = await createTask(request);
    await request('DELETE', `${tasks}/${id}`);
    const day = 24 * 60 * 60 * 1000;
    const kept = () => api.sql('select 1 from task_api.task where id = any($1)', [[id, other.id]]);
    api.clock.advance(30 * day - 1000);
    await api.scheduler.run('task-api-purge');
    expect(await kept()).toHaveLength(2);
    api.clock.advance(2000);
    await api.scheduler.run('task-api-purge');
    expect(await kept()).toHaveLength(1);
    expect(problemOf(await request('POST', `${tasks}/${id}/restore`)).code).toBe('not_found');
    expect((await request('GET', `${tasks}/${other.id}`)).status).toBe(200);
  });
});

test('tags are counted on open tasks, the most used first', async () => {
  await createTask(request, { tags: ['home', 'garden'] });
  await createTask(request, { tags: ['home', 'balcony'] });
  const done = await createTask(request, { tags: ['home', 'done'] });
  await request('POST', `${tasks}/${done.id}/complete`);
  expect(await request('GET', `${tasks}/tags`)).toMatchObject({
    status: 200,
    body: {
      items: [
        { tag: 'home', count: 2 },
        { tag: 'balcony', count: 1 },
        { tag: 'garden', count: 1 },
      ],
    },
  });
});
