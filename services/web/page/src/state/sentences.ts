import type { AuditEntry, Task } from '@almanac/contracts';
import { capital, plannedWording } from '../time/wording';
import type { Day } from '../time/zone';
import { difference, draftOf, FIELD_NAMES, fieldsOf } from './edit';

/** Who reads, where and when: what turns an entry of the audit log into words. */
export interface Reader {
  id: string;
  zone: string;
  today: Day;
}

export interface Sentence {
  /** What happened, without the title: `You completed`. */
  before: string;
  /** The title of the task, set apart in type. */
  title: string;
  /** What belongs behind the title: `to tomorrow, 09:00`. */
  after: string;
  mark: 'added' | 'completed' | 'reopened' | 'changed' | 'deleted';
}

/** Entries that are about the machinery, and mean nothing beside those they follow from. */
const SILENT = new Set(['task.update', 'audit.head']);

export const isTold = ({ type }: AuditEntry): boolean => !SILENT.has(type);

const isTask = (data: unknown): data is Task =>
  typeof data === 'object' && data !== null && 'title' in data && 'version' in data;

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const tagList = (tags: readonly string[]): string => list(tags.map((tag) => `#${tag}`));

/**
 * The sentence for an entry.
 * @param previous the entry before this one of the same task, if it is loaded: an event says how the
 *   task is afterwards, so only the two together say what changed
 */
export function tell(entry: AuditEntry, previous: AuditEntry | undefined, reader: Reader): Sentence {
  const who = entry.actorId === reader.id ? 'You' : entry.actorId === null ? 'Almanac' : 'Somebody else';
  const task = isTask(entry.data) ? entry.data : null;
  const say = (mark: Sentence['mark'], verb: string, after = ''): Sentence => ({
    mark,
    before: `${who} ${verb}`,
    title: task?.title ?? '',
    after,
  });
  if (!task) return { ...say('changed', 'did'), before: capital(entry.type.replaceAll('.', ' ')) };
  switch (entry.type) {
    case 'task.created':
      return say(
        'added',
        'added',
        task.due ? `for ${plannedWording(task.due, reader.today, reader.zone)}` : '',
      );
    case 'task.completed':
      return say('completed', 'completed');
    case 'task.deleted':
      return say('deleted', 'deleted');
    case 'task.updated':
      return tellUpdate(task, previous, say, reader);
    default:
      return say('changed', entry.type.replace('task.', '').replaceAll('.', ' '));
  }
}

function tellUpdate(
  task: Task,
  previous: AuditEntry | undefined,
  say: (mark: Sentence['mark'], verb: string, after?: string) => Sentence,
  { today, zone }: Reader,
): Sentence {
  const before = isTask(previous?.data) ? previous.data : null;
  if (!previous || !before) return say('changed', 'changed');
  if (previous.type === 'task.deleted') return say('reopened', 'brought back');
  if (before.status === 'completed' && task.status === 'open') return say('reopened', 'reopened');

  const changed = fieldsOf(difference(draftOf(before), draftOf(task)));
  if (changed.length === 0) return say('changed', 'changed');
  if (changed.length > 1)
    return say('changed', 'changed', `(${list(changed.map((field) => FIELD_NAMES[field]))})`);
  switch (changed[0]) {
    case 'title':
      return { ...say('changed', 'renamed', `to ‘${task.title}’`), title: before.title };
    case 'due':
      if (!task.due) return say('changed', 'took the due time off');
      return say(
        'changed',
        before.due ? 'moved' : 'set',
        `${before.due ? 'to' : 'for'} ${plannedWording(task.due, today, zone)}`,
      );
    case 'priority':
      return say('changed', 'gave', `${task.priority} priority`);
    case 'tags': {
      const added = task.tags.filter((tag) => !before.tags.includes(tag));
      const removed = before.tags.filter((tag) => !task.tags.includes(tag));
      if (added.length > 0 && removed.length > 0)
        return say('changed', 'tagged', `${tagList(added)} instead of ${tagList(removed)}`);
      if (added.length > 0) return say('changed', 'tagged', tagList(added));
      return say('changed', `took ${tagList(removed)} off`);
    }
    default:
      return say('changed', 'changed the notes of');
  }
}

/** Finds for each entry of a log, newest first, the one before it of the same task. */
export function predecessors(entries: readonly AuditEntry[]): Map<AuditEntry, AuditEntry> {
  const later = new Map<string, AuditEntry>();
  const result = new Map<AuditEntry, AuditEntry>();
  for (const entry of entries) {
    const key = `${entry.entity.type}/${entry.entity.id}`;
    const next = later.get(key);
    if (next) result.set(next, entry);
    later.set(key, entry);
  }
  return result;
}
