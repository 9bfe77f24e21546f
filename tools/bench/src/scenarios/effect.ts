import { percentile } from '@almanac/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../environment';
import { ms, type Figure } from '../measure';

/**
 * From the commit of a task to the commit of its audit entry, in another process, at a steady rate.
 * PostgreSQL itself says when each transaction committed (`track_commit_timestamp`).
 */
export async function effect(environment: Environment, seconds: number): Promise<Figure[]> {
  const rate = 100; // creates per second: 200 events, as each has two
  const user = '00000000-0000-7000-8000-0000000effec';
  const api = await environment.run('task-api');
  const consumers = await environment.run('audit', 'realtime');
  const token = await environment.tokenFor(user);
  const create = async () => {
    const response = await fetch(`${api.url}/api/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"title":"Measure how long it takes"}',
    });
    if (response.status !== 201) throw new Error(`create answered ${response.status}`);
    await response.arrayBuffer();
  };
  for (let i = 0; i < 50; i++) await create(); // warm-up
  const from = await latestEntry(environment, user, 50);
  const requests: Promise<void>[] = [];
  const begun = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    const wait = begun + (i * 1000) / rate - performance.now();
    if (wait > 0) await sleep(wait);
    requests.push(create());
  }
  await Promise.all(requests);
  await latestEntry(environment, user, 50 + rate * seconds);
  const { rows } = await environment.admin.query<{ ms: string }>(
    `select extract(epoch from pg_xact_commit_timestamp(a.xmin) - pg_xact_commit_timestamp(t.xmin)) * 1000 as ms
     from audit.audit_log a join task_api.task t on t.id = a.entity_id::uuid where a.user_id = $1 and a.sequence > $2`,
    [user, from],
  );
  const sample = rows.map((row) => Number(row.ms));
  await consumers.stop();
  await api.stop();
  const [p50, p99] = [percentile(sample, 0.5), percentile(sample, 0.99)];
  return [
    {
      what: `commit → effect in another process, ${rate * 2} events/s (${sample.length} measured)`,
      value: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
      aim: 'p50 ≤ 10 ms, p99 ≤ 50 ms',
      met: p50 <= 10 && p99 <= 50,
    },
  ];
}

/** Waits until so many of the user's events are recorded; the place of the last. */
async function latestEntry({ admin }: Environment, user: string, count: number): Promise<number> {
  for (;;) {
    const { rows } = await admin.query<{ count: string; last: string }>(
      'select count(*), coalesce(max(sequence), 0) as last from audit.audit_log where user_id = $1',
      [user],
    );
    if (Number(rows[0]!.count) >= count) return Number(rows[0]!.last);
    await sleep(20);
  }
}
