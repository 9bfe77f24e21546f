import { z } from 'zod';
import { ById, defineApi, Id, Instant, page, Paging } from './api';
import { defineEvent } from './events';
import { text } from './text';

export const Priority = z.enum(['high', 'medium', 'low']);
export type Priority = z.infer<typeof Priority>;

export const TaskStatus = z.enum(['open', 'completed']);
export type TaskStatus = z.infer<typeof TaskStatus>;

export const Title = text(500).trim().min(1);
export const Tag = text(50)
  .trim()
  .toLowerCase()
  .min(1)
  .regex(/^[^\s,#]*$/u, 'must not contain spaces, commas or #');

/**
 * Names that ICU has kept from JDK 1.1.6 and `Intl` therefore takes, but that aren't IANA's and
 * Temporal refuses; AST would even be Alaska's.
 * https://github.com/unicode-org/icu/blob/main/icu4c/source/tools/tzcode/icuzones
 */
const onlyIcus = /^(AC|AE|AG|AR|AS|BE|BS|CA|CN|CS|CT|EA|EC|IE|IS|JS|MI|NE|NS|PL|PN|PR|PS|SS|VS)T$/i;

/** IANA zones as this runtime knows them. */
const knownZone = (zone: string): boolean => {
  // Offsets such as +02:00 are no zones: they know no summer time.
  if (!/^[A-Za-z]/.test(zone) || onlyIcus.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
export const Zone = z
  .string()
  .max(64)
  .refine(knownZone, 'must be an IANA time zone such as Europe/Berlin')
  .meta({ description: 'An IANA time zone.' });

/** Beyond, the instant would leave the four digits that RFC 3339 has for a year; and nobody means it. */
const isPlausible = (local: string): boolean => /^(19|2)\d/.test(local);

/** The due time as the user said it: the clock on their wall, and where that wall is. */
export const DueInput = z.strictObject({
  local: z.iso
    .datetime({ local: true, offset: false, precision: -1 })
    .regex(/\d$/, 'must be wall-clock time, without Z or an offset') // zod's `local` allows a Z as well
    .refine(isPlausible, 'must be in the years 1900 to 2999')
    .meta({ description: 'Wall-clock time to the minute, e.g. 2026-11-21T09:30.' }),
  zone: Zone,
});
export type DueInput = z.infer<typeof DueInput>;

export const Due = DueInput.extend({ at: Instant }).meta({
  description: 'Wall-clock time and zone as the user gave them, and the instant that they name.',
});
export type Due = z.infer<typeof Due>;

export const Task = z
  .object({
    id: Id,
    title: z.string(),
    description: z.string(),
    status: TaskStatus,
    priority: Priority,
    tags: z.array(z.string()),
    due: Due.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
    completedAt: Instant.nullable(),
    version: z.int().positive().meta({ description: 'Grows with each change; also the ETag.' }),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

const unique = (tags: string[]): string[] => [...new Set(tags)];

export const CreateTask = z
  .strictObject({
    title: Title,
    description: text(10_000).default(''),
    priority: Priority.default('medium'),
    tags: z.array(Tag).max(20).transform(unique).default([]),
    due: DueInput.nullable().default(null),
  })
  .meta({
    id: 'CreateTask',
    examples: [
      {
        title: 'Water the plants',
        priority: 'high',
        tags: ['home'],
        due: { local: '2026-11-21T18:00', zone: 'Europe/Berlin' },
      },
    ],
  });
export type CreateTask = z.infer<typeof CreateTask>;

/** Only what is given changes. */
export const UpdateTask = z
  .strictObject({
    title: Title.optional(),
    description: text(10_000).optional(),
    priority: Priority.optional(),
    tags: z.array(Tag).max(20).transform(unique).optional(),
    due: DueInput.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({ id: 'UpdateTask', examples: [{ priority: 'low' }] });
export type UpdateTask = z.infer<typeof UpdateTask>;

/** A query parameter that may be repeated. */
const repeated = <T extends z.ZodType>(item: T, max: number) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(max),
  );

export const ListTasks = Paging.extend({
  status: TaskStatus.optional(),
  priority: repeated(Priority, 3).optional().meta({ description: 'One or more priorities.' }),
  tag: repeated(Tag, 20).optional().meta({ description: 'Tags that the task must all have.' }),
  dueFrom: Instant.optional().meta({ description: 'Due at this instant or later.' }),
  dueTo: Instant.optional().meta({ description: 'Due before this instant.' }),
  q: text(200)
    .trim()
    .optional()
    .meta({ description: 'Words that title, description or tags contain; the last may be unfinished.' }),
  sort: z.enum(['due', 'priority', 'created', 'title']).default('created'),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .meta({ description: 'desc for created, asc for the others, unless said.' }),
});
export type ListTasks = z.infer<typeof ListTasks>;

export const TagCount = z.object({ tag: z.string(), count: z.int() }).meta({ id: 'TagCount' });
export type TagCount = z.infer<typeof TagCount>;

export const tasksApi = defineApi('Tasks', '/api/v1/tasks', {
  createTask: {
    method: 'POST',
    path: '/',
    summary: 'Create a task',
    scope: 'tasks:write',
    body: CreateTask,
    output: Task,
    status: 201,
    idempotent: true,
  },
  listTasks: {
    method: 'GET',
    path: '/',
    summary: 'List and search tasks',
    scope: 'tasks:read',
    query: ListTasks,
    output: page(Task),
  },
  listTags: {
    method: 'GET',
    path: '/tags',
    summary: 'The tags in use on open tasks, most used first',
    scope: 'tasks:read',
    output: z.object({ items: z.array(TagCount) }),
  },
  getTask: {
    method: 'GET',
    path: '/:id',
    summary: 'Read a task',
    scope: 'tasks:read',
    params: ById,
    output: Task,
  },
  updateTask: {
    method: 'PATCH',
    path: '/:id',
    summary: 'Change a task',
    scope: 'tasks:write',
    params: ById,
    body: UpdateTask,
    output: Task,
    ifMatch: 'required',
  },
  completeTask: {
    method: 'POST',
    path: '/:id/complete',
    summary: 'Complete a task',
    scope: 'tasks:write',
    params: ById,
    output: Task,
    ifMatch: 'optional',
  },
  reopenTask: {
    method: 'POST',
    path: '/:id/reopen',
    summary: 'Reopen a completed task',
    scope: 'tasks:write',
    params: ById,
    output: Task,
    ifMatch: 'optional',
  },
  deleteTask: {
    method: 'DELETE',
    path: '/:id',
    summary: 'Delete a task; it can be restored for 30 days',
    scope: 'tasks:write',
    params: ById,
    ifMatch: 'optional',
  },
  restoreTask: {
    method: 'POST',
    path: '/:id/restore',
    summary: 'Bring a deleted task back',
    scope: 'tasks:write',
    params: ById,
    output: Task,
  },
});

const taskEvent = <const Type extends string>(type: Type, about: string) =>
  defineEvent(type, {
    topic: 'task-events',
    version: 1,
    about,
    data: Task,
    key: (task) => task.id,
    entity: (task) => ({ type: 'task', id: task.id }),
  });

export const taskCreated = taskEvent('task.created', 'A task was created.');
export const taskUpdated = taskEvent('task.updated', 'A task was changed, reopened or restored.');
export const taskCompleted = taskEvent('task.completed', 'A task was completed.');
export const taskDeleted = taskEvent('task.deleted', 'A task was deleted; the data is its last state.');

export const TaskUpdate = z.object({
  userId: Id,
  taskId: Id,
  version: z.int().positive(),
  task: Task.nullable().meta({ description: 'The task as it is now; null when it was deleted.' }),
});
export type TaskUpdate = z.infer<typeof TaskUpdate>;

/** For the user's other devices, so its key is the user. */
export const taskUpdate = defineEvent('task.update', {
  topic: 'task-updates',
  version: 1,
  about: 'A task of the user changed in some way.',
  data: TaskUpdate,
  key: ({ userId }) => userId,
  entity: ({ taskId }) => ({ type: 'task', id: taskId }),
});
