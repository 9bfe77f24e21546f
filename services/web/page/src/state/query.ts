import type { Priority, Task, TaskStatus } from '@almanac/contracts';
import { addDays, dayAt, startOf, type Day } from '../time/zone';

export const SORTS = ['due', 'priority', 'created', 'title'] as const;
export type Sort = (typeof SORTS)[number];

/**
 * When tasks are due: a span that moves with the clock, or days of the calendar,
 * `2026-11-21` for one and `2026-11-21..2026-11-30` for several, both ends included.
 */
export type DueSpan = 'any' | 'overdue' | 'today' | 'week' | 'month' | `${number}-${string}`;

/** What the list shows. It stands in the page's address, so it survives a reload and can be sent to somebody. */
export interface Query {
  status: TaskStatus | 'all';
  priority: readonly Priority[];
  tags: readonly string[];
  due: DueSpan;
  q: string;
  sort: Sort;
  reversed: boolean;
}

export const everythingOpen: Query = {
  status: 'open',
  priority: [],
  tags: [],
  due: 'any',
  q: '',
  sort: 'due',
  reversed: false,
};

const DAYS = /^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$/;
const areDays = (text: string): boolean =>
  DAYS.test(text) && text.split('..').every((day) => !Number.isNaN(Date.parse(day)));
const isSpan = (text: string): text is DueSpan =>
  ['any', 'overdue', 'today', 'week', 'month'].includes(text) || areDays(text);
const isOneOf = <T extends string>(values: readonly T[], text: string | null): text is T =>
  values.includes(text as T);

/** Reads the part of an address behind the `?`. What makes no sense is as if it weren't there. */
export function readQuery(search: string): Query {
  const params = new URLSearchParams(search);
  const [status, sort, due] = [params.get('status'), params.get('sort'), params.get('due') ?? ''];
  const priorities = ['high', 'medium', 'low'] as const;
  return {
    status: isOneOf(['open', 'completed', 'all'], status) ? status : 'open',
    priority: params.getAll('priority').filter((text) => isOneOf(priorities, text)),
    tags: params.getAll('tag'),
    due: isSpan(due) ? due : 'any',
    q: params.get('q') ?? '',
    sort: isOneOf(SORTS, sort) ? sort : 'due',
    reversed: params.has('reversed'),
  };
}

/** The address of a query, shortest form: only what differs from {@link everythingOpen}. */
export function writeQuery(query: Query): string {
  const params = new URLSearchParams();
  for (const key of ['status', 'due', 'q', 'sort'] as const)
    if (query[key] !== everythingOpen[key]) params.set(key, query[key]);
  for (const priority of query.priority) params.append('priority', priority);
  for (const tag of query.tags) params.append('tag', tag);
  if (query.reversed) params.set('reversed', '');
  return params.toString().replace('reversed=', 'reversed');
}

/** Whether the query leaves anything out, beside the completed tasks. */
export const isNarrowed = ({ priority, tags, due, q }: Query): boolean =>
  priority.length > 0 || tags.length > 0 || due !== 'any' || q.trim() !== '';

/** The instants a span lies between: due at `from` or later, and before `to`. */
export function boundsOf(due: DueSpan, now: number, zone: string): { from?: string; to?: string } {
  const today = dayAt(now, zone);
  const days = (first: Day, count: number) => ({
    from: startOf(first, zone),
    to: startOf(addDays(first, count), zone),
  });
  switch (due) {
    case 'any':
      return {};
    case 'overdue':
      return { to: new Date(now).toISOString() };
    case 'today':
      return days(today, 1);
    case 'week':
      return days(today, 7);
    case 'month':
      return days(today, 30);
    default: {
      const [first, last = first] = due.split('..') as [Day, Day?];
      return { from: startOf(first, zone), to: startOf(addDays(last, 1), zone) };
    }
  }
}

/** The query as the API wants it. */
export function toParams(query: Query, now: number, zone: string): URLSearchParams {
  const { from, to } = boundsOf(query.due, now, zone);
  const params = new URLSearchParams({ sort: query.sort, order: orderOf(query) });
  if (query.status !== 'all') params.set('status', query.status);
  if (query.q.trim()) params.set('q', query.q.trim());
  if (from) params.set('dueFrom', from);
  if (to) params.set('dueTo', to);
  for (const priority of query.priority) params.append('priority', priority);
  for (const tag of query.tags) params.append('tag', tag);
  return params;
}

const orderOf = ({ sort, reversed }: Query): 'asc' | 'desc' =>
  (sort === 'created') === reversed ? 'asc' : 'desc';

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Whether a task belongs into the list of a query. The server decides; this decides the same for
 * what comes over the socket, so that a change needs no question.
 */
export function matches(query: Query, task: Task, now: number, zone: string): boolean {
  if (query.status !== 'all' && task.status !== query.status) return false;
  if (query.priority.length > 0 && !query.priority.includes(task.priority)) return false;
  if (!query.tags.every((tag) => task.tags.includes(tag))) return false;
  const { from, to } = boundsOf(query.due, now, zone);
  const at = task.due ? Date.parse(task.due.at) : NaN; // NaN is within no bounds
  if (from && !(at >= Date.parse(from))) return false;
  if (to && !(at < Date.parse(to))) return false;
  const wanted = words(query.q);
  const found = wanted.length > 0 ? words([task.title, task.description, ...task.tags].join(' ')) : [];
  return wanted.every((word, n) =>
    found.some((other) => (n === wanted.length - 1 ? other.startsWith(word) : other === word)),
  );
}

const RANK = { high: 0, medium: 1, low: 2 } as const;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders tasks as the server does: what has no due time comes after all that has one, ids settle ties. */
export function comparator(query: Query): (a: Task, b: Task) => number {
  const sign = orderOf(query) === 'asc' ? 1 : -1;
  const never = '~';
  const by: Record<Sort, (a: Task, b: Task) => number> = {
    due: (a, b) => compareText(a.due?.at ?? never, b.due?.at ?? never),
    priority: (a, b) => RANK[a.priority] - RANK[b.priority],
    created: (a, b) => compareText(a.createdAt, b.createdAt),
    title: (a, b) => compareText(a.title.toLowerCase(), b.title.toLowerCase()),
  };
  return (a, b) => sign * (by[query.sort](a, b) || compareText(a.id, b.id));
}
