import type { Task } from '@almanac/contracts';
import { agendaHeading, capital, dayWording, monthName } from '../time/wording';
import { dayAt, daysBetween, localAt, type Day } from '../time/zone';
import type { Query } from './query';

export interface Group {
  key: string;
  title: string;
  /** Said more quietly beside the title. */
  note: string;
  /** The day that all of the group are due on, so that a row needs to say the time only. */
  day: Day | null;
  tasks: Task[];
}

type Heading = Omit<Group, 'tasks'>;

/** The day a task is due, where the reader is. Most tasks are due on the reader's own wall: that needs no arithmetic. */
const dueDay = ({ due }: Task, zone: string): Day | null =>
  due && (due.zone === zone ? due.local : localAt(due.at, zone)).slice(0, 10);

const createdDays = new WeakMap<Task, { zone: string; day: Day }>();

/** The day a task was added, where the reader is; remembered, as finding it out for thousands takes a blink. */
function createdDay(task: Task, zone: string): Day {
  const known = createdDays.get(task);
  if (known?.zone === zone) return known.day;
  const day = dayAt(task.createdAt, zone);
  createdDays.set(task, { zone, day });
  return day;
}

const PRIORITIES = { high: 'High priority', medium: 'Medium priority', low: 'Low priority' } as const;

/** What the heading of a task depends on. */
function markOf(task: Task, { sort }: Query, zone: string): string {
  switch (sort) {
    case 'due':
      return dueDay(task, zone) ?? '';
    case 'priority':
      return task.priority;
    case 'created':
      return createdDay(task, zone);
    case 'title':
      return /^\p{L}/u.exec(task.title)?.[0].toUpperCase() ?? '…';
  }
}

function headingOf(mark: string, query: Query, today: Day): Heading {
  const plain = { title: mark, note: '', day: null };
  switch (query.sort) {
    case 'due': {
      if (mark === '') return { ...plain, key: 'undated', title: 'Whenever', note: 'without a date' };
      const heading = agendaHeading(mark, today);
      const isPast = heading.key === 'overdue' && query.status !== 'open';
      return {
        ...heading,
        title: isPast ? 'Earlier' : heading.title,
        day: heading.key === mark ? mark : null,
      };
    }
    case 'priority':
      return { ...plain, key: mark, title: PRIORITIES[mark as keyof typeof PRIORITIES] };
    case 'created':
      return daysBetween(mark, today) > 6
        ? { ...plain, key: mark.slice(0, 7), title: `Added in ${monthName(mark)}` }
        : { ...plain, key: mark, title: `Added ${dayWording(mark, today)}` };
    case 'title':
      return { ...plain, key: mark };
  }
}

/** Cuts a list into the groups that its order makes, each under its heading. */
export function groupsOf(tasks: readonly Task[], query: Query, today: Day, zone: string): Group[] {
  const groups: Group[] = [];
  let [last, mark]: [Group | undefined, string | undefined] = [undefined, undefined];
  for (const task of tasks) {
    const next = markOf(task, query, zone);
    if (!last || next !== mark) {
      const heading = headingOf(next, query, today);
      if (heading.key !== last?.key)
        groups.push((last = { ...heading, title: capital(heading.title), tasks: [] }));
      mark = next;
    }
    last.tasks.push(task);
  }
  return groups;
}

/**
 * Cuts a group into pieces of about sixteen, so that a change touches one piece and not the group.
 *
 * A piece begins with a task whose id says so, rather than after so many: a task that comes or goes
 * then moves no border. The ends of ids are random (UUID v7, RFC 9562, 5.7).
 */
export function piecesOf(tasks: readonly Task[]): { key: string; tasks: Task[] }[] {
  const pieces: { key: string; tasks: Task[] }[] = [];
  for (const task of tasks) {
    const last = pieces.at(-1);
    if (!last || task.id.endsWith('0')) pieces.push({ key: last ? task.id : '', tasks: [task] });
    else last.tasks.push(task);
  }
  return pieces;
}

/** How many open tasks are due on each day. */
export function countByDay(tasks: Iterable<Task | null>, zone: string): Map<Day, number> {
  const counts = new Map<Day, number>();
  for (const task of tasks) {
    const day = task?.status === 'open' ? dueDay(task, zone) : null;
    if (day) counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}
