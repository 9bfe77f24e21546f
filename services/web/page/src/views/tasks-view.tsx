import type { CreateTask } from '@almanac/contracts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation, useRoute } from 'wouter-preact';
import { useAlmanac } from '../almanac';
import { Filters } from '../components/filters';
import { Icon } from '../components/icon';
import { QuickAdd } from '../components/quick-add';
import { Skeleton } from '../components/skeleton';
import { TaskGroups } from '../components/task-groups';
import { useQuery } from '../components/use-query';
import { YearWheel } from '../components/year-wheel';
import { everythingOpen, isNarrowed, writeQuery } from '../state/query';
import { NewTaskDialog, TaskDialog } from './task-dialog';

/** The list of tasks under its quick-add, and the task that is open, if one is. */
export function TasksView() {
  const { tasks, today } = useAlmanac();
  const [query] = useQuery();
  const [, navigate] = useLocation();
  const [, open] = useRoute('/tasks/:id');
  const composing = useSignal<CreateTask | null>(null);
  const key = writeQuery(query);
  useEffect(() => tasks.show(query), [key, today.value]); // what is due “today” changes with the day
  useEffect(() => {
    document.title = 'Tasks · Almanac';
  }, []);
  const close = () => navigate(`/${location.search}`);

  return (
    <>
      <h1 class="unseen">Tasks</h1>
      <QuickAdd onDetails={(task) => (composing.value = task)} />
      <Filters />
      <AddingRows />
      <List onOpen={(id) => navigate(`/tasks/${id}${location.search}`)} />
      {open && <TaskDialog key={open.id} id={open.id} onClose={close} />}
      {composing.value && <NewTaskDialog task={composing.value} onClose={() => (composing.value = null)} />}
    </>
  );
}

function List({ onOpen }: { onOpen: (id: string) => void }) {
  const { tasks } = useAlmanac();
  const phase = tasks.phase.value;
  const { items, nextCursor } = tasks.list.value;
  if (phase.is === 'failed')
    return (
      <div class="blank" role="alert">
        <h2>The list couldn’t be read.</h2>
        <p>{phase.reason}</p>
        <button type="button" class="button" onClick={() => void tasks.refresh()}>
          Try again
        </button>
      </div>
    );
  if (items.length === 0)
    return phase.is === 'loading' ? <Skeleton /> : tasks.adding.value.length > 0 ? null : <Blank />;
  return (
    <div class="list" aria-busy={phase.is === 'loading'}>
      <p class="unseen" role="status">
        {phase.is === 'ready' && `${items.length}${nextCursor === null ? '' : ' or more'} tasks`}
      </p>
      <TaskGroups onOpen={onOpen} />
    </div>
  );
}

/** A list with nothing in it: because of the filter, because all is done, or because all is new. */
function Blank() {
  const { tasks, today, now } = useAlmanac();
  const [query, change] = useQuery();
  if (isNarrowed(query))
    return (
      <div class="blank">
        <h2>Nothing of that kind.</h2>
        <p>No task fits what you are looking for.</p>
        <button
          type="button"
          class="button quiet-button"
          onClick={() => change({ ...everythingOpen, status: query.status })}
        >
          Show {query.status === 'completed' ? 'all completed' : query.status === 'all' ? 'all' : 'all open'}{' '}
          tasks
        </button>
      </div>
    );
  const isNew = tasks.known.value.confirmed.size === 0 && query.status !== 'completed';
  return (
    <div class="blank">
      <YearWheel today={today.value} now={now.value} />
      <h2>
        {query.status === 'completed' ? 'Nothing completed yet.' : isNew ? 'A clean page.' : 'All done.'}
      </h2>
      <p>
        {query.status === 'completed'
          ? 'What you complete is kept here.'
          : isNew
            ? 'Write the first thing to be done on the line above.'
            : 'Nothing is open. The day is yours.'}
      </p>
    </div>
  );
}

/** Tasks on their way to the server: they stand on top until it has them. */
function AddingRows() {
  const { tasks } = useAlmanac();
  if (tasks.adding.value.length === 0) return null;
  return (
    <ul class="adding" role="list" aria-label="Being added">
      {tasks.adding.value.map(({ key, task, state, reason }) => (
        <li key={key} class="task" data-adding={state}>
          <span class="check" />
          <div class="task-words">
            <span class="task-title">{task.title}</span>
            {state !== 'sending' && (
              <p class="task-notes" role="alert">
                {state === 'waiting' ? 'Kept here until it can be sent.' : reason}
              </p>
            )}
          </div>
          {state === 'waiting' && (
            <button type="button" class="link" onClick={tasks.resend}>
              Send now
            </button>
          )}
          {state !== 'sending' && (
            <button
              type="button"
              class="icon-button"
              aria-label={`Discard: ${task.title}`}
              onClick={() => tasks.forgetAdding(key)}
            >
              <Icon name="close" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
