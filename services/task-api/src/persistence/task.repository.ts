import { Instant, type ListTasks, type Page, type TagCount } from '@almanac/contracts';
import { decodeCursor, encodeCursor, type Position, type Session } from '@almanac/database';
import { AppError, isId, notFound } from '@almanac/kernel';
import type { Priority, Task } from '@almanac/tasks-domain';
import type { Tasks } from '../ports';
import { TaskEntity, type TaskRow } from './task.entity';

const ranks: Record<Priority, number> = { high: 1, medium: 2, low: 3 };
const priorities: readonly Priority[] = ['high', 'medium', 'low'];

const fromRow = (row: TaskRow): Task => ({
  id: row.id,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: priorities[row.priority - 1]!,
  tags: row.tags,
  due: row.due_at === null ? null : { local: row.due_local!, zone: row.due_zone!, at: row.due_at },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  completedAt: row.completed_at,
  version: row.version,
});

const toRow = (task: Task): Omit<TaskRow, 'user_id' | 'deleted_at'> => ({
  id: task.id,
  title: task.title,
  description: task.description,
  status: task.status,
  priority: ranks[task.priority],
  tags: [...task.tags],
  due_local: task.due?.local ?? null,
  due_zone: task.due?.zone ?? null,
  due_at: task.due?.at ?? null,
  created_at: task.createdAt,
  updated_at: task.updatedAt,
  completed_at: task.completedAt,
  version: task.version,
});

const columns = Object.keys(TaskEntity.options.columns).join(', ');

/** Row-level security limits every statement here to the user's rows; no query names the user but to use an index. */
export function taskRepository(session: Session): Tasks {
  const one = async (id: string, deleted: boolean, lock: boolean): Promise<TaskRow> => {
    const rows = await session.query<TaskRow>(
      `select ${columns} from task_api.task where id = $1 and deleted_at is ${deleted ? 'not null' : 'null'} ${lock ? 'for update' : ''}`,
      [id],
    );
    return rows[0] ?? raise(notFound('task'));
  };
  const write = async (task: Task, change: Partial<TaskRow> = {}) => {
    await session.manager
      .createQueryBuilder()
      .update(TaskEntity)
      .set({ ...toRow(task), ...change })
      .where('id = :id', { id: task.id })
      .execute();
  };
  return {
    get: async (id) => fromRow(await one(id, false, false)),
    lock: async (id, version) => {
      const row = await one(id, false, true);
      if (version !== undefined && row.version !== version)
        throw new AppError(
          'version_mismatch',
          `It is at version ${row.version} now; read it again and repeat your change.`,
        );
      return fromRow(row);
    },
    lockDeleted: async (id) => fromRow(await one(id, true, true)),
    insert: async (task) => {
      await session.manager
        .createQueryBuilder()
        .insert()
        .into(TaskEntity)
        .values({ ...toRow(task), user_id: session.userId! })
        .updateEntity(false)
        .execute();
    },
    update: (task) => write(task),
    delete: (task, at) => write(task, { deleted_at: at }),
    restore: (task) => write(task, { deleted_at: null }),
    list: (query) => list(session, query),
    tags: () =>
      session.query<TagCount>(
        `select tag, count(*)::int as count from task_api.task, unnest(tags) as tag
         where user_id = $1 and deleted_at is null and status = 'open' group by tag order by count desc, tag limit 200`,
        [session.userId],
      ),
  };
}

const raise = (error: Error): never => {
  throw error;
};

/** Each sort, its column, how a cursor's value is checked before the column meets it, and the value of a row. */
const sorts = {
  created: {
    column: 'created_at',
    order: 'desc',
    isValue: isTime,
    valueOf: (row: TaskRow) => row.created_at,
  },
  due: {
    column: 'due_sort',
    order: 'asc',
    isValue: isTimeOrNever,
    valueOf: (row: TaskRow) => row.due_at ?? 'infinity',
  },
  priority: { column: 'priority', order: 'asc', isValue: isRank, valueOf: (row: TaskRow) => row.priority },
  title: {
    column: 'title_sort',
    order: 'asc',
    isValue: isText,
    valueOf: (row: TaskRow & { title_sort?: string }) => row.title_sort!,
  },
} as const;

function isTime(value: unknown): boolean {
  return Instant.safeParse(value).success;
}
function isTimeOrNever(value: unknown): boolean {
  return value === 'infinity' || isTime(value);
}
function isRank(value: unknown): boolean {
  return value === 1 || value === 2 || value === 3;
}
function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\u0000');
}

/** A page of a keyset list: the 1,000th costs what the first does, and rows that come or go move nothing. */
async function list(session: Session, query: ListTasks): Promise<Page<Task>> {
  const { column, order: usual, isValue, valueOf } = sorts[query.sort];
  const order = query.order ?? usual;
  const sort = `${query.sort} ${order}`;
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const where = [`user_id = ${value(session.userId)}`, 'deleted_at is null'];
  if (query.status) where.push(`status = ${value(query.status)}`);
  if (query.priority)
    where.push(`priority = any(${value(query.priority.map((priority) => ranks[priority]))}::smallint[])`);
  if (query.tag) where.push(`tags @> ${value(query.tag)}::text[]`);
  if (query.dueFrom || query.dueTo) where.push(`due_sort < 'infinity'`); // what isn't due is in no range
  if (query.dueFrom) where.push(`due_sort >= ${value(query.dueFrom)}`);
  if (query.dueTo) where.push(`due_sort < ${value(query.dueTo)}`);
  if (query.q) where.push(await searched(session, query.q, value));
  if (query.cursor !== undefined) {
    const after = decodeCursor(
      query.cursor,
      sort,
      (position: Position) => isId(position.id) && isValue(position.value),
    );
    where.push(`(${column}, id) ${order === 'asc' ? '>' : '<'} (${value(after.value)}, ${value(after.id)})`);
  }
  const rows = await session.query<TaskRow>(
    `select ${columns}${query.sort === 'title' ? ', title_sort' : ''} from task_api.task where ${where.join(' and ')}
     order by ${column} ${order}, id ${order} limit ${query.limit + 1}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(fromRow),
    nextCursor:
      rows.length > query.limit && last ? encodeCursor({ sort, value: valueOf(last), id: last.id }) : null,
  };
}

/** Matches up to which going to each of them beats walking the list until a page is full. */
const fewMatches = 500;

/**
 * The condition that finds the words. Few matches come out of the search index, by id; of many, a page
 * full is soon met while the list is read in its order.
 *
 * Words are taken apart as the tasks' were, all must occur, and the last may be unfinished.
 */
async function searched(session: Session, words: string, value: (given: unknown) => string): Promise<string> {
  const matches = await session.query<{ id: string }>(
    'select task_api.matching_tasks(task_api.search_query($1, $2), $3) as id',
    [session.userId, words, fewMatches + 1],
  );
  if (matches.length <= fewMatches) return `id = any(${value(matches.map(({ id }) => id))}::uuid[])`;
  // The planner takes the words for rare (the function hides them) and would read all and sort; without
  // sorting it must walk the index of the list's order, and stops at a full page.
  await session.query('set local enable_sort = off');
  return `search @@ task_api.search_query(${value(session.userId)}, ${value(words)})`;
}
