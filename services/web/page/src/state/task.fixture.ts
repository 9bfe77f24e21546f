import type { Task } from '@almanac/contracts';

/** A task for tests. */
export const aTask = (change: Partial<Task> = {}): Task => ({
  id: '0193f0a0-0000-7000-8000-000000000001',
  title: 'Pay rent',
  description: '',
  status: 'open',
  priority: 'medium',
  tags: [],
  due: null,
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  completedAt: null,
  version: 1,
  ...change,
});

/** A due time in Berlin, winter time. */
export const dueAt = (local: string): Task['due'] => ({
  local,
  zone: 'Europe/Berlin',
  at: new Date(`${local}+01:00`).toISOString(),
});
