/**
 * The topics, and what one key of each stands for: order is kept per key and nowhere else.
 * `partitions` is fixed for good: a change would move keys to other partitions and break their order.
 * `audited` topics tell what happened; the others repeat it for another reader.
 */
export const topics = {
  'task-events': { partitions: 8, key: 'task id', audited: true, about: 'What happened to tasks.' },
  'task-updates': {
    partitions: 8,
    key: 'user id',
    audited: false,
    about: 'Changes to show on the other devices of the user.',
  },
  'audit-heads': {
    partitions: 1,
    key: 'chain',
    audited: false,
    about: 'The head of the audit chain, so that a cut tail shows.',
  },
} as const satisfies Record<string, { partitions: number; key: string; audited: boolean; about: string }>;

export type Topic = keyof typeof topics;

export const auditedTopics = (Object.keys(topics) as Topic[]).filter((topic) => topics[topic].audited);
