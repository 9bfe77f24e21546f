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

type Heading = Omit<Group, 'tasks' | 'day'> & { day?: Day };

/** The day a task is due, where the reader is. Most tasks are due on the reader's own wall: that needs no arithmetic. */
export const dueDay = ({ due }: Task, zone: string): Day | null =>
  due && (due.zone === zone ? due.local : localAt(due.at, zone)).slice(0, 10);

const PRIORITIES = { high: 'High priority', medium: 'Medium priority', low: 'Low priority' } as const;

function headingOf(task: Task, query: Query, today: Day, zone: string): Heading {
  switch (query.sort) {
    case 'due': {
      const day = dueDay(task, zone);
      if (!day) return { key: 'undated', title: 'Whenever', note: 'without a date' };
      const heading = agendaHeading(day, today);
      if (heading.key === 'overdue' && query.status !== 'open') return { ...heading, title: 'Earlier' };
      return heading.key === day ? { ...heading, day } : heading;
    }
    case 'priority':
      return { key: task.priority, title: PRIORITIES[task.priority], note: '' };
    case 'created': {
      const day = dayAt(task.createdAt, zone);
      if (daysBetween(day, today) > 6)
        return { key: day.slice(0, 7), title: `Added in ${monthName(day)}`, note: '' };
      return { key: day, title: `Added ${dayWording(day, today)}`, note: '' };
    }
    case 'title': {
      const letter = /\p{L}/u.exec(task.title.charAt(0))?.[0].toUpperCase() ?? '…';
      return { key: letter, title: letter, note: '' };
    }
  }
}

/** Cuts a list into the groups that its order makes, each under its heading. */
export function groupsOf(tasks: readonly Task[], query: Query, today: Day, zone: string): Group[] {
  const groups: Group[] = [];
  for (const task of tasks) {
    const heading = headingOf(task, query, today, zone);
    const last = groups.at(-1);
    if (last?.key === heading.key) last.tasks.push(task);
    else groups.push({ day: null, ...heading, title: capital(heading.title), tasks: [task] });
  }
  return groups;
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
