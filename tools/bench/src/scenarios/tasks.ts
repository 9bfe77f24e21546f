import type { Environment } from '../environment';
import { load, type LoadResult } from '../http-load';
import { ms, type Figure } from '../measure';
import { perUser, userId } from '../seed';

const newTask = {
  title: 'Write the quarterly report for finance',
  tags: ['work', 'q4'],
  priority: 'high',
  due: { local: '2026-12-01T09:00', zone: 'Europe/Berlin' },
};

/** Create, list and search through HTTP, with one task-api process alone. */
export async function tasks(
  environment: Environment,
  seconds: number,
): Promise<{ figures: Figure[]; createsPerSecond: number }> {
  const service = await environment.run('task-api');
  const token = await environment.tokenFor(userId(1));
  const at = (query: string): string => `${service.url}/api/v1/tasks${query}`;
  const measure = (url: string, body?: unknown): Promise<LoadResult> =>
    load({ url, token, pid: service.pid, seconds, ...(body !== undefined && { body }) });

  const first = await measure(at('?limit=50'));
  const cursor = await cursorOfPage(at(''), token, Math.min(1_000, perUser / 50 - 1));
  const thousandth = await measure(at(`?limit=50&cursor=${cursor}`));
  const rare = await measure(at('?q=word77&limit=50'));
  const common = await measure(at('?q=report&limit=50'));
  // Writes last: they grow the table. A user of their own, so that the lists' user stays as seeded.
  const writer = await environment.tokenFor('00000000-0000-7000-8000-00000000beef');
  const create = await load({ url: at(''), token: writer, pid: service.pid, seconds, body: newTask });
  await service.stop();
  return {
    createsPerSecond: create.perSecond,
    figures: [
      figure('create a task', create, 800),
      figure('list 50 of 50,000, page 1', first, 700),
      figure('list 50 of 50,000, page 1,000', thousandth, 700),
      {
        what: 'page 1,000 / page 1, CPU',
        value: (thousandth.cpu / first.cpu).toFixed(2),
        aim: '0.9–1.1',
        met: Math.abs(thousandth.cpu / first.cpu - 1) <= 0.1,
      },
      search('search a word that few tasks have', rare),
      search('search a word that every tenth task has', common),
    ],
  };
}

const describe = ({ cpu, perSecond, p50, p99 }: LoadResult): string =>
  `${Math.round(cpu)} µs CPU, ${Math.round(perSecond)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`;

const figure = (what: string, result: LoadResult, aim: number): Figure => ({
  what,
  value: describe(result),
  aim: `≤ ${aim} µs CPU`,
  met: result.cpu <= aim,
});

/** At 8 connections at full speed a request also waits for the others: time per request is what one costs. */
const search = (what: string, result: LoadResult): Figure => ({
  what,
  value: `${describe(result)}; ${ms(1000 / result.perSecond)} each`,
  aim: '≤ 5 ms each',
  met: 1000 / result.perSecond <= 5,
});

/** Walks there as a client would: a keyset has no page numbers. */
async function cursorOfPage(url: string, token: string, page: number): Promise<string> {
  let cursor: string | null = null;
  for (let left = page; left > 0;) {
    const step = Math.min(4, left); // 200 rows a time are four pages of 50
    const response: Response = await fetch(`${url}?limit=${step * 50}${cursor ? `&cursor=${cursor}` : ''}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    cursor = ((await response.json()) as { nextCursor: string | null }).nextCursor;
    if (cursor === null) throw new Error('the list ends before that page');
    left -= step;
  }
  return cursor!;
}
