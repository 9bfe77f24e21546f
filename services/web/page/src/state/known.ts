import type { Change, Task } from '@almanac/contracts';

/** What the server last said of a task; `task` is null once it was deleted. */
interface Confirmed {
  readonly version: number;
  readonly task: Task | null;
}

/** A change the user made that the server hasn't answered yet. */
interface Pending {
  readonly operation: string;
  readonly apply: (task: Task) => Task | null;
}

/**
 * All tasks this device has heard of, as the server has them, with the user's unanswered changes
 * on top. To take a failed change back is to drop it: what the socket brought meanwhile shows.
 */
export interface Known {
  readonly confirmed: ReadonlyMap<string, Confirmed>;
  readonly pending: ReadonlyMap<string, readonly Pending[]>;
}

export const nothingKnown: Known = { confirmed: new Map(), pending: new Map() };

export const changeTo = (task: Task): Change => ({ kind: 'task', id: task.id, version: task.version, task });

/** Takes in what the server says, by answer, list or socket, in whatever order it arrives: the newest version stays. */
export function learn(known: Known, changes: readonly Change[]): { known: Known; news: Set<string> } {
  const confirmed = new Map(known.confirmed);
  const news = new Set<string>();
  for (const { id, version, task } of changes) {
    if ((confirmed.get(id)?.version ?? 0) >= version) continue;
    confirmed.set(id, { version, task });
    news.add(id);
  }
  return { known: news.size > 0 ? { ...known, confirmed } : known, news };
}

const withPending = (
  known: Known,
  id: string,
  change: (list: readonly Pending[]) => readonly Pending[],
): Known => {
  const pending = new Map(known.pending);
  const list = change(pending.get(id) ?? []);
  if (list.length > 0) pending.set(id, list);
  else pending.delete(id);
  return { ...known, pending };
};

/** Shows a change before the server has answered. */
export const begin = (known: Known, id: string, operation: string, apply: Pending['apply']): Known =>
  withPending(known, id, (list) => [...list, { operation, apply }]);

/** Ends an operation, however it went: its effect is confirmed by now, or must go. */
export const end = (known: Known, id: string, operation: string): Known =>
  withPending(known, id, (list) => list.filter((other) => other.operation !== operation));

/** The task as it is to be shown; null when it is gone or unknown. */
export function current(known: Known, id: string): Task | null {
  let task = known.confirmed.get(id)?.task ?? null;
  for (const { apply } of known.pending.get(id) ?? []) task = task && apply(task);
  return task;
}

export const isBusy = (known: Known, id: string): boolean => known.pending.has(id);
