import { execFile } from 'node:child_process';
import { readdir, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolePassword, type Environment } from '../environment';
import type { Figure } from '../measure';

/**
 * What one `POST /api/v1/tasks` does in the database, statement by statement: the transaction with the
 * user set, the task, its two events. The rate of this is what the database alone allows.
 */
const script = `
\\set n random(1, 1000000000)
begin;
select set_config('app.user_id', '00000000-0000-7000-8000-00000000cafe', true), set_config('app.capacity', 'user', true);
insert into task_api.task (id, user_id, title, description, status, priority, tags, due_local, due_zone, due_at, created_at, updated_at, version)
  values (uuidv7(), '00000000-0000-7000-8000-00000000cafe', 'Write the quarterly report for finance', '', 'open', 1, '{work,q4}',
    '2026-12-01T09:00', 'Europe/Berlin', '2026-12-01T08:00Z', now(), now(), 1);
insert into task_api.outbox (lane, topic, key, event)
  select :n % 16, topic, :n::text, json_build_object('id', gen_random_uuid(), 'data', repeat('x', 600))
  from unnest(array['task-events', 'task-updates']) topic;
commit;
`;

/** @returns how the service's rate compares with the database's own, at the same number of connections */
export async function pgbench(
  environment: Environment,
  seconds: number,
  createsPerSecond: number,
): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'almanac-pgbench-'));
  const file = join(directory, 'create-task.sql');
  await writeFile(file, script);
  const { host, port } = environment.postgres;
  const target = `host=${host} port=${port} dbname=almanac user=almanac_task_api password=${rolePassword}`;
  const { stdout } = await promisify(execFile)(await findPgbench(), [
    ...[
      '--no-vacuum',
      '--protocol=prepared',
      '--client=8',
      '--jobs=2',
      `--time=${seconds}`,
      `--file=${file}`,
    ],
    target,
  ]);
  await rm(directory, { recursive: true });
  await environment.admin.query('truncate task_api.outbox');
  const rate = Number(/tps = ([\d.]+)/.exec(stdout)![1]);
  return [
    { what: 'pgbench, the same transaction, 8 connections', value: `${Math.round(rate)}/s` },
    { what: 'create a task over HTTP / pgbench', value: (createsPerSecond / rate).toFixed(2) },
  ];
}

/** Debian keeps it beside the server, outside PATH. @throws Error with the command that installs it */
async function findPgbench(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return `/usr/lib/postgresql/${newest}/bin/pgbench`;
  throw new Error('There is no pgbench. Install it: apt-get install -y postgresql');
}
