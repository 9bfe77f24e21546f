import type { Page, Task } from '@almanac/contracts';

/** Which tasks belong into a list, and in which order. */
export interface Rules {
  matches: (task: Task) => boolean;
  compare: (a: Task, b: Task) => number;
}

/** What is shown of a query so far: its first pages, in order. */
export interface TaskList {
  readonly items: readonly Task[];
  /** Null when the list is complete. */
  readonly nextCursor: string | null;
  /** Tasks that no longer match but stay where they are for a moment, so that nothing jumps from under the pointer. */
  readonly lingering: ReadonlySet<string>;
}

export const emptyList: TaskList = { items: [], nextCursor: null, lingering: new Set() };

export const fromPage = ({ items, nextCursor }: Page<Task>): TaskList => ({
  ...emptyList,
  items,
  nextCursor,
});

/** Adds the next page. A task that moved between the two readings is shown once, where it was found last. */
export function append(list: TaskList, page: Page<Task>): TaskList {
  const found = new Set(page.items.map(({ id }) => id));
  return {
    ...list,
    items: [...list.items.filter(({ id }) => !found.has(id)), ...page.items],
    nextCursor: page.nextCursor,
  };
}

/**
 * Brings changes into the list: each goes where the order wants it, or out if it matches no more.
 *
 * The order of what is there already is the server's and stays. What would come behind the last
 * loaded task waits for its page. Costs one walk through the list however many changes there are.
 * @param changes the newest state by id; null for a task that is gone
 * @param linger whether tasks that match no more keep their place until {@link sweep}
 */
export function merge(
  list: TaskList,
  changes: ReadonlyMap<string, Task | null>,
  { matches, compare }: Rules,
  linger = false,
): TaskList {
  const lingering = new Set(list.lingering);
  const shown = new Set<string>();
  const last = list.nextCursor === null ? undefined : list.items.at(-1);

  const kept: Task[] = [];
  for (const item of list.items) {
    const change = changes.get(item.id);
    if (change === undefined) {
      kept.push(item);
      continue;
    }
    if (change && matches(change)) lingering.delete(item.id);
    else if (change && (linger || lingering.has(item.id))) lingering.add(item.id);
    else {
      lingering.delete(item.id);
      continue;
    }
    if (lingering.has(item.id) || compare(item, change) === 0) {
      kept.push(change);
      shown.add(item.id);
    }
  }

  const arriving = [...changes.values()]
    .filter((task) => task !== null)
    .filter((task) => !shown.has(task.id) && matches(task) && !(last && compare(task, last) > 0))
    .sort(compare);
  const items: Task[] = [];
  let next = 0;
  for (const task of arriving) {
    for (let item = kept[next]; item && compare(item, task) <= 0; item = kept[++next]) items.push(item);
    items.push(task);
  }
  items.push(...kept.slice(next));
  return { ...list, items, lingering };
}

/** Lets go of tasks that lingered. */
export const sweep = (list: TaskList, ids: ReadonlySet<string>): TaskList => {
  const leaving = (id: string) => ids.has(id) && list.lingering.has(id);
  return {
    ...list,
    items: list.items.filter(({ id }) => !leaving(id)),
    lingering: new Set([...list.lingering].filter((id) => !leaving(id))),
  };
};
