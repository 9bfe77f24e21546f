import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { groupsOf, piecesOf } from '../state/groups';
import { current } from '../state/known';
import { useShortcuts } from './shortcuts';
import { Piece } from './task-row';
import { useQuery } from './use-query';

const titles = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.task-title')];
const idOf = (element: Element | null): string | undefined =>
  element?.closest<HTMLElement>('.task')?.dataset.id;

/** The list in its groups, with keys to walk through it. */
export function TaskGroups({ onOpen }: { onOpen: (id: string) => void }) {
  const { tasks, now, today, zone } = useAlmanac();
  const { items, nextCursor } = tasks.list.value;
  const [query, change] = useQuery();
  const groups = groupsOf(items, tasks.query.value, today.value, zone.value);
  const news = tasks.news.value;
  const instant = new Date(now.value).toISOString();

  const move = (step: number) => () => {
    const all = titles();
    const here = all.findIndex((title) => idOf(title) === idOf(document.activeElement));
    const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + step))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };
  const withTask = (run: (id: string) => unknown) => () => {
    const id = idOf(document.activeElement);
    return id === undefined ? false : run(id);
  };
  const act = (run: (task: NonNullable<ReturnType<typeof current>>) => unknown) =>
    withTask((id) => {
      const task = current(tasks.known.value, id);
      if (task) run(task);
    });
  const remove = act((task) => void tasks.remove(task));
  useShortcuts({
    j: move(1),
    k: move(-1),
    ArrowDown: withTask(move(1)),
    ArrowUp: withTask(move(-1)),
    x: act((task) => void (task.status === 'completed' ? tasks.reopen(task) : tasks.complete(task))),
    e: withTask(onOpen),
    '#': remove,
    Delete: remove,
  });
  useFocusThatStays(items);

  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current || nextCursor === null) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && void tasks.more(), {
      rootMargin: '800px',
    });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [nextCursor, tasks]);

  // One listener for all rows: a click on a title opens the task, on a tag narrows the list to it.
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = idOf(event.target);
    const tag = event.target.closest<HTMLElement>('.task-tag')?.dataset.tag;
    if (tag !== undefined) change({ tags: [...new Set([...query.tags, tag])] });
    else if (id !== undefined && event.target.closest('.task-title')) {
      event.preventDefault();
      onOpen(id);
    }
  };

  return (
    <div onClick={onClick}>
      {groups.map(({ key, title, note, day, tasks: members }, n) => (
        <section key={`${key} ${n}`} class="group" data-key={key} aria-labelledby={`group-${n}`}>
          <h2 id={`group-${n}`} class="group-title">
            {title}
            {note && <small>{note}</small>}
          </h2>
          <ul role="list">
            {piecesOf(members).map((piece) => (
              <Piece
                key={piece.key}
                {...{ tasks, day, today: today.value, zone: zone.value }}
                rows={piece.tasks.map((task) => ({
                  task,
                  isLate: task.due !== null && task.due.at < instant,
                  isNews: news.has(task.id),
                }))}
              />
            ))}
          </ul>
        </section>
      ))}
      <div ref={end} class="list-end">
        {nextCursor !== null ? (
          <button
            type="button"
            class="link"
            disabled={tasks.loadingMore.value}
            onClick={() => void tasks.more()}
          >
            {tasks.loadingMore.value ? 'Reading on…' : 'More'}
          </button>
        ) : (
          items.length > 8 && <span aria-hidden="true">❧</span>
        )}
      </div>
    </div>
  );
}

/** When the task that has the focus leaves the list, the one that takes its place gets it. */
function useFocusThatStays(items: readonly { id: string }[]): void {
  const last = useRef<{ id: string; index: number } | null>(null);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      const id = target instanceof Element ? idOf(target) : undefined;
      last.current =
        id === undefined ? null : { id, index: titles().findIndex((title) => idOf(title) === id) };
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, []);
  useLayoutEffect(() => {
    if (!last.current || document.activeElement !== document.body) return;
    if (items.some(({ id }) => id === last.current?.id)) return;
    const all = titles();
    all[Math.min(last.current.index, all.length - 1)]?.focus({ preventScroll: true });
  }, [items]);
}
