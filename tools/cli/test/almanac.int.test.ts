import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditSchema } from '@almanac/audit';
import { taskCreated } from '@almanac/contracts';
import { ensureDatabase, ensureRoles, migrateAll, ownerRole } from '@almanac/database';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import { databaseName } from '@almanac/host';
import { newId } from '@almanac/kernel';
import { busSchema, createEmbeddedBus, toCloudEvent, type EmbeddedBus } from '@almanac/messaging';
import { waitUntil, withClient } from '@almanac/testkit';
import { buildProgram } from '../src/program';

const schemas = [busSchema, auditSchema];
let data: string;
let postgres: Postgres;
let bus: EmbeddedBus;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'almanac-cli-'));
  await chmod(data, 0o755); // run by root, the server has another account
  postgres = await startPostgres({ dataDirectory: data, settings: { fsync: false } });
  await withClient(connection('postgres'), async (admin) => {
    const roles = [ownerRole, ...schemas.map(({ role }) => role)];
    await ensureRoles(admin, Object.fromEntries(roles.map((role) => [role, 'test'])));
    await ensureDatabase(admin, databaseName);
  });
  await withClient(connection(databaseName), (admin) => migrateAll(admin, schemas));
  bus = createEmbeddedBus({
    connection: connection(databaseName),
    retry: { attempts: 1, firstDelay: 1, maxDelay: 1 },
  });
  await bus.start();
});

afterAll(async () => {
  await bus.stop();
  await postgres.stop();
  await rm(data, { recursive: true });
});

const connection = (database: string) => ({
  host: postgres.host,
  port: postgres.port,
  user: postgres.user,
  password: postgres.password,
  database,
});

/** Runs `almanac …` on the data directory; what it printed, and what it would exit with. */
async function almanac(...words: string[]): Promise<{ text: string; exitCode: typeof process.exitCode }> {
  let text = '';
  const stream = { write: (chunk: string) => (text += chunk) !== '' };
  process.exitCode = 0;
  await buildProgram({ out: stream, err: stream }).parseAsync([...words, '--data', data], { from: 'user' });
  const { exitCode } = process;
  process.exitCode = 0;
  return { text, exitCode };
}

function taskEvent() {
  const id = newId();
  const at = '2026-11-21T09:30:00.000Z';
  const draft = taskCreated({
    id,
    title: 'Pay rent',
    description: '',
    status: 'open',
    priority: 'medium',
    tags: [],
    due: null,
    createdAt: at,
    updatedAt: at,
    completedAt: null,
    version: 1,
  });
  const event = toCloudEvent(draft, { source: 'task-api', time: at, userId: newId(), actorId: null });
  return { topic: draft.topic, key: id, event };
}

describe('almanac dead-letters', () => {
  test('shows what a consumer could not handle, and gives it back when asked', async () => {
    let broken = true;
    const handled: string[] = [];
    const consumer = await bus.subscribe({
      group: 'clumsy',
      topics: ['task-events'],
      handle: (event) => {
        if (broken) return Promise.reject(new Error('the shelf is full'));
        handled.push(event.id);
        return Promise.resolve();
      },
    });
    const message = taskEvent();
    await bus.publish([message]);
    const [letter] = await waitUntil(async () => {
      const letters = await bus.list({ limit: 10 });
      return letters.length > 0 && letters;
    });

    const listed = await almanac('dead-letters', 'list');
    expect(listed.text).toContain(`${letter!.id}  `);
    expect(listed.text).toContain(`clumsy  task.created task/${message.key}`);
    expect(listed.text).toContain('1 tries: Error: the shelf is full');
    expect((await almanac('dead-letters', 'list', '--group', 'another')).text).toBe('no dead letters\n');
    const asJson = JSON.parse((await almanac('dead-letters', 'list', '--json')).text) as unknown;
    expect(asJson).toMatchObject([{ id: letter!.id, group: 'clumsy', event: { id: message.event.id } }]);
    expect((await almanac('dead-letters', 'show', letter!.id)).text).toContain('"Pay rent"');

    broken = false;
    expect((await almanac('dead-letters', 'redrive', letter!.id)).text).toBe('1 given back\n');
    await waitUntil(() => handled.includes(message.event.id));
    expect((await almanac('dead-letters', 'list')).text).toBe('no dead letters\n');
    await consumer.stop();
  });

  test('gives one up for good with a reason, and says when there is no such letter', async () => {
    const consumer = await bus.subscribe({
      group: 'stubborn',
      topics: ['task-events'],
      handle: () => Promise.reject(new Error('never')),
    });
    await bus.publish([taskEvent()]);
    const letters = await waitUntil(async () => {
      const found = await bus.list({ group: 'stubborn', limit: 10 });
      return found.length === 2 && found; // the first test's event is new to this group as well
    });
    await consumer.stop();
    await almanac('dead-letters', 'discard', letters[0]!.id, '--reason', 'a test');
    expect(await bus.list({ group: 'stubborn', limit: 10 })).toHaveLength(1);
    await expect(almanac('dead-letters', 'discard', letters[0]!.id, '--reason', 'again')).rejects.toThrow(
      /there is no dead letter/,
    );
    await expect(almanac('dead-letters', 'redrive')).rejects.toThrow(/say which/);
  });
});

describe('almanac audit verify', () => {
  test('finds a chain whole, and one that was changed behind its back broken', async () => {
    expect(await almanac('audit', 'verify')).toEqual({
      text: '0 entries and 0 published heads checked\nthe chain is whole\n',
      exitCode: 0,
    });
    await withClient(connection(databaseName), (admin) =>
      admin.query(
        `insert into audit.audit_log (sequence, event_id, type, at, entity_type, entity_id, data, hash)
         values (1, gen_random_uuid(), 'task.created', now(), 'task', 'x', '{}', 'forged')`,
      ),
    );
    const { text, exitCode } = await almanac('audit', 'verify');
    expect(text).toMatch(/BROKEN: entry 1 .* is not what was recorded/);
    expect(exitCode).toBe(2);
    const asJson = JSON.parse((await almanac('audit', 'verify', '--json')).text) as unknown;
    expect(asJson).toMatchObject({ problems: [expect.stringContaining('entry 1')] });
  });

  test('says how to start an Almanac when none runs there', async () => {
    const nowhere = buildProgram({ out: process.stdout, err: process.stderr });
    await expect(
      nowhere.parseAsync(['audit', 'verify', '--data', join(data, 'nothing')], { from: 'user' }),
    ).rejects.toThrow(/no Almanac runs on .*npm start/);
  });
});
