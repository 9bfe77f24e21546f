import type { AuditEntry } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { Client } from 'pg';
import { auditSchema } from '../src';
import { link, type Head } from '../src/chain';
import { startAudit, taskEvent, type AuditUnderTest } from './harness';

let audit: AuditUnderTest;
const user = newId();

/** Ten entries; the head is published at 4 and at 8. */
beforeAll(async () => {
  audit = await startAudit();
  for (const count of [4, 8, 10]) {
    await audit.bus.publish(Array.from({ length: count === 10 ? 2 : 4 }, () => taskEvent(user)));
    await audit.recorded(count);
    if (count < 10) await audit.publishHead();
  }
  await audit.sql('create table kept_log as table audit.audit_log');
  await audit.sql('create table kept_head as table audit.chain_head');
});
afterAll(() => audit.stop());

/** As somebody who has the whole database in their hands. */
async function tamper(...statements: string[]): Promise<void> {
  await audit.sql('alter table audit.audit_log disable trigger all');
  for (const statement of statements) await audit.sql(statement);
  await audit.sql('alter table audit.audit_log enable trigger all');
}

afterEach(() =>
  tamper(
    'truncate audit.audit_log, audit.chain_head',
    'insert into audit.audit_log table kept_log',
    'insert into audit.chain_head table kept_head',
    `delete from bus.event where topic = 'audit-heads' and position > 2`,
  ),
);

test('an untouched chain verifies, with every head that was published', async () => {
  expect(await audit.verify()).toEqual({ entries: 10, heads: 2, problems: [] });
});

test('a head is published once, until the chain has grown', async () => {
  await audit.publishHead();
  await audit.publishHead();
  expect(await audit.verify()).toEqual({ entries: 10, heads: 3, problems: [] });
});

test.each([
  ['type', `type = 'task.deleted'`],
  ['time', `at = at + interval '1 ms'`],
  ['user', `user_id = gen_random_uuid()`],
  ['actor', `actor_id = null`],
  ['entity', `entity_id = 'another'`],
  ['kind of entity', `entity_type = 'account'`],
  ['trace', `trace_id = '4bf92f3577b34da6a3ce929d0e0e4736'`],
  ['event’s id', `event_id = gen_random_uuid()`],
  ['data', `data = '{"title":"Nothing happened"}'`],
  ['data by one letter', `data = replace(data::text, 'Water', 'Wader')::json`],
  ['hash', `hash = repeat('0', 64)`],
])('a changed %s shows', async (_what, change) => {
  await tamper(`update audit.audit_log set ${change} where sequence = 5`);
  const { entries, problems } = await audit.verify();
  expect(entries).toBe(4);
  expect(problems).toEqual([expect.stringMatching(/^entry 5 \(.*\) is not what was recorded$/)]);
});

test.each([
  ['a row in the middle', 'delete from audit.audit_log where sequence = 5', 'entries 5 to 5 are missing'],
  [
    'several rows',
    'delete from audit.audit_log where sequence between 3 and 6',
    'entries 3 to 6 are missing',
  ],
  ['the beginning', 'delete from audit.audit_log where sequence < 4', 'entries 1 to 3 are missing'],
  [
    'the tail',
    'delete from audit.audit_log where sequence > 6',
    'the log ends at 6, but entry 8 was published: its tail was cut',
  ],
  [
    'everything',
    'truncate audit.audit_log',
    'the log ends at 0, but entry 8 was published: its tail was cut',
  ],
])('that %s was removed shows', async (_what, statement, problem) => {
  await tamper(statement);
  expect((await audit.verify()).problems).toEqual([problem]);
});

test('two entries that changed places show', async () => {
  await tamper(
    'update audit.audit_log set sequence = -1 where sequence = 5',
    'update audit.audit_log set sequence = 5 where sequence = 6',
    'update audit.audit_log set sequence = 6 where sequence = -1',
  );
  expect((await audit.verify()).problems).toEqual([expect.stringContaining('entry 5 ')]);
});

test('a chain that was rewritten to fit its new past shows by the heads that were published', async () => {
  await tamper(`update audit.audit_log set data = '{"title":"Nothing happened"}' where sequence = 5`);
  await rewriteFrom(5);
  expect((await audit.verify()).problems).toEqual([
    'entry 8 has another hash than was published: the chain was rewritten',
  ]);
});

test('events that are recorded after a tail was cut do not hide the cut', async () => {
  await tamper(
    'delete from audit.audit_log where sequence > 6',
    'update audit.chain_head set sequence = 6, hash = (select hash from audit.audit_log where sequence = 6)',
  );
  await audit.bus.publish([taskEvent(user), taskEvent(user), taskEvent(user)]);
  await audit.recorded(9);
  expect((await audit.verify()).problems).toEqual([
    'entry 8 has another hash than was published: the chain was rewritten',
  ]);
});

test('the service’s role can add to the log, and change or remove nothing in it', async () => {
  const statements = [
    `update audit.audit_log set type = 'x'`,
    'delete from audit.audit_log',
    'truncate audit.audit_log',
    'alter table audit.audit_log disable trigger all',
    'drop table audit.audit_log',
  ];
  for (const [role, refusal] of [
    [audit.database.configFor(auditSchema), /permission denied|must be owner/],
    [audit.database.owner, /append-only/],
  ] as const) {
    const client = new Client(role);
    await client.connect();
    await client.query(`select set_config('app.capacity', 'consumer', false)`);
    // The owner could also take the triggers away, but no service logs in as it.
    for (const statement of role === audit.database.owner ? statements.slice(0, 3) : statements)
      await expect(client.query(statement)).rejects.toThrow(refusal);
    await client.end();
  }
  expect(await audit.verify()).toMatchObject({ entries: 10, problems: [] });
});

test('row-level security shows a user their entries, and nobody any when nothing is said', async () => {
  const client = new Client(audit.database.configFor(auditSchema));
  await client.connect();
  const visible = async (capacity: string, userId: string) => {
    await client.query(`select set_config('app.capacity', $1, false), set_config('app.user_id', $2, false)`, [
      capacity,
      userId,
    ]);
    return (await client.query('select 1 from audit.audit_log')).rowCount;
  };
  expect(await visible('', '')).toBe(0);
  expect(await visible('user', newId())).toBe(0);
  expect(await visible('user', user)).toBe(10);
  expect(await visible('operator', newId())).toBe(10);
  expect(await visible('relay', '')).toBe(0);
  const insert = `insert into audit.audit_log values (99, gen_random_uuid(), 'x', now(), null, null, 'x', 'x', null, '{}', '')`;
  for (const capacity of ['user', 'operator', 'sweep', 'relay']) {
    await visible(capacity, user);
    await expect(client.query(insert)).rejects.toThrow('row-level security');
  }
  await client.end();
});

/** Computes all hashes from `sequence` on anew, as the one who changed something there would. */
async function rewriteFrom(sequence: number): Promise<void> {
  type Row = Omit<AuditEntry, 'sequence'> & { sequence: string };
  const rows = await audit.sql<Row>(
    `select sequence, event_id as "eventId", type, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
       user_id as "userId", actor_id as "actorId", json_build_object('type', entity_type, 'id', entity_id) as entity,
       data, trace_id as "traceId", hash
     from audit.audit_log where sequence >= $1 order by sequence`,
    [sequence - 1],
  );
  const [before, ...rest] = rows;
  let head: Head = { sequence: sequence - 1, hash: before!.hash };
  for (const row of rest) {
    head = link(head, row);
    await tamper(`update audit.audit_log set hash = '${head.hash}' where sequence = ${head.sequence}`);
  }
}
