/**
 * The topics, and what one key of each stands for: order is kept per key and nowhere else.
 * `partitions` is fixed for good: a change would move keys to other partitions and break their order.
 */
export const topics = {
  'task-events': { partitions: 8, key: 'task id', about: 'What happened to tasks.' },
  'task-updates': {
    partitions: 8,
    key: 'user id',
    about: 'Changes to show on the other devices of the user.',
  },
  'audit-heads': {
    partitions: 1,
    key: 'chain',
    about: 'The head of the audit chain, so that a cut tail shows.',
  },
} as const satisfies Record<string, { partitions: number; key: string; about: string }>;

export type Topic = keyof typeof topics;
