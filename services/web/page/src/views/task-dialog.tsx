import type { CreateTask, Task } from '@almanac/contracts';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { explain, Refused } from '../api/http';
import { Dialog } from '../components/dialog';
import { Icon } from '../components/icon';
import { Skeleton } from '../components/skeleton';
import { TaskForm } from '../components/task-form';
import { TaskHistory } from '../components/task-history';
import { difference, draftOf, FIELD_NAMES, fieldsOf, rebase, type Draft, type Field } from '../state/edit';
import { current } from '../state/known';
import { dayWording, distance, timeOf, zoneName } from '../time/wording';

/** A task that is open: found first, if it was only named by the address. */
export function TaskDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { tasks } = useAlmanac();
  const found = current(tasks.known.value, id);
  const last = useRef<Task | null>(null);
  if (found) last.current = found;
  const trouble = useSignal<unknown>(null);
  useEffect(() => {
    tasks.find(id).catch((error: unknown) => (trouble.value = error));
  }, [id]);

  const task = found ?? last.current;
  if (task) return <Editor task={task} isGone={!found} onClose={onClose} />;
  return (
    <Dialog label="Task" class="drawer" onClose={onClose}>
      <div class="dialog-head">
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {trouble.value === null ? (
        <Skeleton rows={4} />
      ) : (
        <div class="blank" role="alert">
          <h2>It isn’t there.</h2>
          <p>{explain(trouble.value)}</p>
        </div>
      )}
    </Dialog>
  );
}

/** What the other device wrote in a field, short enough for a line. */
function inWords(field: Field, draft: Draft, today: string): string {
  switch (field) {
    case 'due': {
      if (!draft.due) return 'no date';
      const { local, zone } = draft.due;
      return `${dayWording(local.slice(0, 10), today)}, ${timeOf(local)} (${zoneName(zone)})`;
    }
    case 'tags':
      return draft.tags.map((tag) => `#${tag}`).join(' ') || 'no tags';
    default:
      return `‘${draft[field].slice(0, 80)}’`;
  }
}

function Editor({ task, isGone, onClose }: { task: Task; isGone: boolean; onClose: () => void }) {
  const { tasks, today, now } = useAlmanac();
  const base = useSignal(task);
  const draft = useSignal(draftOf(task));
  const taken = useSignal<readonly Field[]>([]);
  const contested = useSignal<readonly Field[]>([]);
  const trouble = useSignal<unknown>(null);
  const busy = useSignal(false);
  const leaving = useSignal(false);
  const change = useComputed(() => difference(draftOf(base.value), draft.value));
  const isChanged = fieldsOf(change.value).length > 0;

  // Somebody else saved meanwhile: their change comes under this edit, which stays.
  useEffect(() => {
    if (task.version <= base.value.version) return;
    const merged = rebase(draftOf(base.value), draft.value, draftOf(task));
    base.value = task;
    draft.value = merged.draft;
    taken.value = [...new Set([...taken.value, ...merged.taken])];
    contested.value = merged.contested;
  }, [task.version]);

  const save = async () => {
    if (busy.value || isGone) return;
    if (!isChanged) return onClose();
    busy.value = true;
    trouble.value = null;
    leaving.value = false;
    try {
      await tasks.save(base.value, change.value);
      onClose();
    } catch (error) {
      trouble.value = error;
      busy.value = false;
    }
  };
  const leave = () => {
    if (isChanged && !leaving.value) leaving.value = true;
    else onClose();
  };

  const note = (field: Field) => {
    const issue = trouble.value instanceof Refused ? trouble.value.issue(field) : undefined;
    const isContested = contested.value.includes(field) && field in change.value;
    return (
      <>
        {issue && <p class="field-note trouble">{issue}</p>}
        {isContested && (
          <p class="field-note theirs">
            Meanwhile saved elsewhere: {inWords(field, draftOf(base.value), today.value)}{' '}
            <button
              type="button"
              class="link"
              onClick={() => (draft.value = { ...draft.value, [field]: draftOf(base.value)[field] })}
            >
              Use that
            </button>
          </p>
        )}
      </>
    );
  };

  const isDone = task.status === 'completed';
  const isConflict = trouble.value instanceof Refused && trouble.value.problem.code === 'version_mismatch';
  return (
    <Dialog label={`Task: ${task.title}`} class="drawer" onClose={leave}>
      <form
        class="editor"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
        }}
      >
        <header class="dialog-head">
          <button
            type="button"
            class="button quiet-button small"
            disabled={isGone}
            onClick={() => {
              void (isDone ? tasks.reopen(task) : tasks.complete(task));
              if (!isChanged) onClose();
            }}
          >
            <Icon name={isDone ? 'undo' : 'check'} /> {isDone ? 'Reopen' : 'Complete'}
          </button>
          <button
            type="button"
            class="button quiet-button small"
            disabled={isGone}
            onClick={() => {
              void tasks.remove(task);
              onClose();
            }}
          >
            <Icon name="trash" /> Delete
          </button>
          <button type="button" class="icon-button" aria-label="Close" onClick={leave}>
            <Icon name="close" />
          </button>
        </header>

        <div class="dialog-body">
          <div role="status">
            {isGone && (
              <p class="notice">
                This task was deleted elsewhere.{' '}
                <button type="button" class="link" onClick={() => void tasks.restore(task)}>
                  Bring it back
                </button>
              </p>
            )}
            {taken.value.length > 0 && (
              <p class="notice">
                Changed elsewhere while you write: {taken.value.map((field) => FIELD_NAMES[field]).join(', ')}
                . What you wrote is kept.
              </p>
            )}
          </div>
          <TaskForm draft={draft} note={note} onEnter={() => void save()} />
          <TaskHistory id={task.id} />
          <p class="editor-dates">
            Added {distance(Date.parse(task.createdAt) - now.value)}
            {task.version > 1 && <>, changed {distance(Date.parse(task.updatedAt) - now.value)}</>}
          </p>
        </div>

        <div class="dialog-foot">
          {trouble.value !== null && (
            <p class="form-trouble" role="alert">
              {isConflict
                ? 'It was changed elsewhere at the same time. Nothing is lost: look above, then save again.'
                : explain(trouble.value)}
            </p>
          )}
          {leaving.value && (
            <p class="form-trouble" role="alert">
              You haven’t saved what you changed.
            </p>
          )}
          <button type="button" class="button quiet-button" onClick={leaving.value ? onClose : leave}>
            {leaving.value ? 'Discard' : 'Close'}
          </button>
          <button
            type="submit"
            class="button"
            disabled={busy.value || isGone || !isChanged || !draft.value.title.trim()}
          >
            {isConflict ? 'Save mine' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The same sheet for a task that doesn't exist yet. */
export function NewTaskDialog({ task, onClose }: { task: CreateTask; onClose: () => void }) {
  const { tasks } = useAlmanac();
  const { title, description, priority, tags, due } = task;
  const draft = useSignal<Draft>({ title, description, priority, tags, due });
  const isEmpty = draft.value.title.trim() === '';
  const add = () => {
    if (isEmpty) return;
    tasks.add({ ...draft.value, title: draft.value.title.trim(), tags: [...draft.value.tags] });
    onClose();
  };
  return (
    <Dialog label="New task" class="drawer" onClose={onClose}>
      <form
        class="editor"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) add();
        }}
      >
        <header class="dialog-head">
          <h2>New task</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog-body">
          <TaskForm draft={draft} note={() => null} onEnter={add} />
        </div>
        <div class="dialog-foot">
          <button type="button" class="button quiet-button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button" disabled={isEmpty}>
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}
