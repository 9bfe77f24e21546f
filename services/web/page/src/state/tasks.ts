import type { Change, CreateTask, Page, TagCount, Task } from '@almanac/contracts';
import { batch, signal, type ReadonlySignal } from '@preact/signals';
import { explain, isPassing, Refused, type Http } from '../api/http';
import type { Draft } from './edit';
import { begin, changeTo, current, end, isBusy, learn, nothingKnown, type Known } from './known';
import { comparator, everythingOpen, matches, toParams, type Query } from './query';
import { append, emptyList, fromPage, merge, sweep, type TaskList } from './task-list';
import type { Toasts } from './toasts';

/** How many tasks a page of the list has. */
const PAGE = 100;
/** How long a task that was completed stays to be seen, and how long news are tinted. Milliseconds. */
const LINGER = 1100;

/** A task that was written down here and isn't confirmed yet. */
export interface Adding {
  /** Its idempotency key: however often it is sent, one task comes of it. */
  readonly key: string;
  readonly task: CreateTask;
  readonly state: 'sending' | 'waiting' | 'refused';
  readonly reason: string;
}

export type Phase = { is: 'loading' } | { is: 'ready' } | { is: 'failed'; reason: string };

export interface Tasks {
  readonly query: ReadonlySignal<Query>;
  readonly list: ReadonlySignal<TaskList>;
  readonly phase: ReadonlySignal<Phase>;
  readonly loadingMore: ReadonlySignal<boolean>;
  readonly known: ReadonlySignal<Known>;
  readonly adding: ReadonlySignal<readonly Adding[]>;
  readonly tags: ReadonlySignal<readonly TagCount[]>;
  /** Tasks that changed a moment ago on another device, or came from the quick-add: tinted for a while. */
  readonly news: ReadonlySignal<ReadonlySet<string>>;

  /** Shows the tasks of a query. */
  readonly show: (query: Query) => void;
  /** Reads the list anew, from its first page. */
  readonly refresh: () => Promise<void>;
  /** Reads the next page. */
  readonly more: () => Promise<void>;
  /** Makes sure a task is known. @throws Refused when there is none, Unreachable */
  readonly find: (id: string) => Promise<Task | null>;
  /** Learns of the tasks due between two instants, so that a calendar can mark their days. */
  readonly survey: (from: string, to: string) => Promise<void>;
  /** Takes in what came over the socket. */
  readonly receive: (changes: readonly Change[]) => void;
  /** Forgets everything: somebody else signed in. */
  readonly reset: () => void;

  readonly add: (task: CreateTask) => void;
  /** Sends again what couldn't be sent. */
  readonly resend: () => void;
  readonly forgetAdding: (key: string) => void;
  readonly complete: (task: Task) => Promise<void>;
  readonly reopen: (task: Task) => Promise<void>;
  readonly remove: (task: Task) => Promise<void>;
  readonly restore: (task: Task) => Promise<void>;
  /**
   * Saves an edit of a version of a task.
   * @throws Refused with `version_mismatch` when there is a newer version, which is known by then
   */
  readonly save: (task: Task, change: Partial<Draft>) => Promise<void>;
}

export interface TasksOptions {
  http: Http;
  toasts: Toasts;
  zone: () => string;
  now: () => number;
  newKey: () => string;
}

/** The tasks as this page sees them: what the server said, what the user just did, and the list made of both. */
export function createTasks({ http, toasts, zone, now, newKey }: TasksOptions): Tasks {
  const query = signal<Query>(everythingOpen);
  const list = signal<TaskList>(emptyList);
  const phase = signal<Phase>({ is: 'loading' });
  const loadingMore = signal(false);
  const known = signal<Known>(nothingKnown);
  const adding = signal<readonly Adding[]>([]);
  const tags = signal<readonly TagCount[]>([]);
  const news = signal<ReadonlySet<string>>(new Set());
  const held: Change[] = [];
  let reading: AbortController | undefined;
  let tagTimer: ReturnType<typeof setTimeout> | undefined;

  const rules = () => ({
    matches: (task: Task) => matches(query.value, task, now(), zone()),
    compare: comparator(query.value),
  });

  /** Brings the list up to date with what is known of some tasks. */
  const place = (ids: Iterable<string>, linger = false) => {
    const changes = new Map([...ids].map((id) => [id, current(known.value, id)]));
    list.value = merge(list.value, changes, rules(), linger);
    const { lingering } = list.value;
    if (lingering.size > 0) setTimeout(() => (list.value = sweep(list.value, lingering)), LINGER);
  };

  const takeIn = (changes: readonly Change[], linger = false): Set<string> => {
    const learned = learn(known.value, changes);
    if (learned.news.size === 0) return learned.news;
    batch(() => {
      known.value = learned.known;
      place(learned.news, linger);
    });
    readTagsSoon();
    return learned.news;
  };

  const tint = (ids: Iterable<string>) => {
    const added = new Set(ids);
    if (added.size === 0) return;
    news.value = new Set([...news.value, ...added]);
    setTimeout(() => (news.value = new Set([...news.value].filter((id) => !added.has(id)))), 2 * LINGER);
  };

  /** Counts of tags are the server's; they may come a moment late. */
  const readTagsSoon = () => {
    clearTimeout(tagTimer);
    tagTimer = setTimeout(() => {
      http<{ items: TagCount[] }>('/tasks/tags').then(
        ({ items }) => (tags.value = items),
        () => undefined, // the index in the margin stays as it was
      );
    }, 400);
  };

  const readPage = (cursor: string | null, signal: AbortSignal) => {
    const params = toParams(query.value, now(), zone());
    params.set('limit', String(PAGE));
    if (cursor) params.set('cursor', cursor);
    return http<Page<Task>>('/tasks', { params, signal });
  };

  /** Learns a page, and gives it back as it is known now: something newer may have come by the socket. */
  const learnPage = (page: Page<Task>): Page<Task> => {
    known.value = learn(known.value, page.items.map(changeTo)).known;
    const items = page.items.map(({ id }) => current(known.value, id)).filter((task) => task !== null);
    return { ...page, items: items.filter(rules().matches) };
  };

  const refresh = async () => {
    reading?.abort();
    const { signal } = (reading = new AbortController());
    if (phase.value.is === 'failed') phase.value = { is: 'loading' };
    try {
      const page = await readPage(null, signal);
      batch(() => {
        list.value = fromPage(learnPage(page));
        phase.value = { is: 'ready' };
        loadingMore.value = false;
      });
      readTagsSoon();
    } catch (error) {
      if (signal.aborted) return;
      // A list that is there is better than an excuse: the bar at the top says that we're offline.
      if (list.value.items.length === 0 || !isPassing(error))
        phase.value = { is: 'failed', reason: explain(error) };
    }
  };

  /**
   * Shows a change at once, asks for it, and keeps it or takes it back.
   * @returns whether it was done
   */
  const attempt = async (
    task: Task,
    apply: (task: Task) => Task | null,
    ask: () => Promise<Change>,
    failure: string,
  ): Promise<boolean> => {
    const operation = newKey();
    batch(() => {
      known.value = begin(known.value, task.id, operation, apply);
      place([task.id], true);
    });
    try {
      const change = await ask();
      batch(() => {
        takeIn([change], true);
        known.value = end(known.value, task.id, operation);
        place([task.id], true);
      });
      return true;
    } catch (error) {
      batch(() => {
        known.value = end(known.value, task.id, operation);
        place([task.id]);
      });
      toasts.warn(`${failure} ${explain(error)}`);
      return false;
    }
  };

  const post = async (task: Task, verb: string) =>
    changeTo(await http<Task>(`/tasks/${task.id}/${verb}`, { method: 'POST' }));

  const receive = (changes: readonly Change[]) => {
    const isSending = adding.value.some(({ state }) => state === 'sending');
    // What is new to us may be what we are adding just now, and must not stand there twice until the answer comes.
    const isHeld = ({ id }: Change) => isSending && !known.value.confirmed.has(id);
    held.push(...changes.filter(isHeld));
    const now = changes.filter((change) => !isHeld(change));
    const others = now.filter(({ id }) => !isBusy(known.value, id)).map(({ id }) => id);
    const arrived = takeIn(now, true);
    tint(others.filter((id) => arrived.has(id)));
  };

  const send = async (item: Adding) => {
    const update = (change: Partial<Adding>) => {
      adding.value = adding.value.map((other) => (other.key === item.key ? { ...other, ...change } : other));
    };
    update({ state: 'sending', reason: '' });
    try {
      const task = await http<Task>('/tasks', {
        method: 'POST',
        body: item.task,
        headers: { 'idempotency-key': item.key },
      });
      batch(() => {
        adding.value = adding.value.filter(({ key }) => key !== item.key);
        takeIn([changeTo(task)]);
        tint([task.id]);
      });
      if (!list.value.items.some(({ id }) => id === task.id))
        toasts.say(`Added ‘${task.title}’. This list leaves it out.`);
    } catch (error) {
      update({ state: isPassing(error) ? 'waiting' : 'refused', reason: explain(error) });
    } finally {
      receive(held.splice(0));
    }
  };

  const tasks: Tasks = {
    query,
    list,
    phase,
    loadingMore,
    known,
    adding,
    tags,
    news,

    show: (next) => {
      batch(() => {
        query.value = next;
        phase.value = { is: 'loading' };
      });
      void refresh();
    },
    refresh,
    more: async () => {
      const cursor = list.value.nextCursor;
      if (cursor === null || loadingMore.value || phase.value.is !== 'ready') return;
      const signal = reading?.signal ?? new AbortController().signal;
      loadingMore.value = true;
      try {
        const page = await readPage(cursor, signal);
        batch(() => (list.value = append(list.value, learnPage(page))));
      } catch (error) {
        if (!signal.aborted) toasts.warn(`The rest of the list couldn’t be read. ${explain(error)}`);
      } finally {
        if (!signal.aborted) loadingMore.value = false;
      }
    },
    find: async (id) => {
      const task = current(known.value, id);
      if (task) return task;
      takeIn([changeTo(await http<Task>(`/tasks/${id}`))]);
      return current(known.value, id);
    },
    survey: async (from, to) => {
      const params = new URLSearchParams({
        status: 'open',
        sort: 'due',
        dueFrom: from,
        dueTo: to,
        limit: '200',
      });
      const page = await http<Page<Task>>('/tasks', { params });
      known.value = learn(known.value, page.items.map(changeTo)).known;
    },
    receive,
    reset: () => {
      reading?.abort();
      batch(() => {
        known.value = nothingKnown;
        list.value = emptyList;
        phase.value = { is: 'loading' };
        adding.value = [];
        tags.value = [];
      });
    },

    add: (task) => {
      const item: Adding = { key: newKey(), task, state: 'sending', reason: '' };
      adding.value = [...adding.value, item];
      void send(item);
    },
    resend: () => {
      for (const item of adding.value) if (item.state === 'waiting') void send(item);
    },
    forgetAdding: (key) => {
      adding.value = adding.value.filter((item) => item.key !== key);
    },
    complete: async (task) => {
      const at = new Date(now()).toISOString();
      const done = await attempt(
        task,
        (task) => ({ ...task, status: 'completed', completedAt: at }),
        () => post(task, 'complete'),
        `‘${task.title}’ isn’t completed.`,
      );
      if (done)
        toasts.say(`Completed ‘${task.title}’.`, { label: 'Undo', run: () => void tasks.reopen(task) });
    },
    reopen: async (task) => {
      await attempt(
        task,
        (task) => ({ ...task, status: 'open', completedAt: null }),
        () => post(task, 'reopen'),
        `‘${task.title}’ isn’t reopened.`,
      );
    },
    remove: async (task) => {
      const gone = await attempt(
        task,
        () => null,
        async () => {
          await http(`/tasks/${task.id}`, { method: 'DELETE' });
          // The answer has no body. If the socket was faster we know the version, else it is the next.
          const last = known.value.confirmed.get(task.id) ?? task;
          const version = 'task' in last && !last.task ? last.version : last.version + 1;
          return { kind: 'task', id: task.id, version, task: null };
        },
        `‘${task.title}’ isn’t deleted.`,
      );
      if (gone)
        toasts.say(`Deleted ‘${task.title}’.`, { label: 'Undo', run: () => void tasks.restore(task) });
    },
    restore: async (task) => {
      try {
        takeIn([await post(task, 'restore')]);
        tint([task.id]);
      } catch (error) {
        toasts.warn(`‘${task.title}’ couldn’t be brought back. ${explain(error)}`, {
          label: 'Try again',
          run: () => void tasks.restore(task),
        });
      }
    },
    save: async (task, change) => {
      try {
        takeIn([
          changeTo(
            await http<Task>(`/tasks/${task.id}`, {
              method: 'PATCH',
              body: change,
              headers: { 'if-match': `"${task.version}"` },
            }),
          ),
        ]);
      } catch (error) {
        if (error instanceof Refused && error.problem.code === 'version_mismatch')
          takeIn([changeTo(await http<Task>(`/tasks/${task.id}`))], true);
        throw error;
      }
    },
  };
  return tasks;
}
