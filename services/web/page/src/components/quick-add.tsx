import type { CreateTask } from '@almanac/contracts';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { readLine, type Line } from '../state/quick-add';
import { dayWording, timeOf } from '../time/wording';
import { localAt } from '../time/zone';
import { Icon } from './icon';
import { useShortcuts } from './shortcuts';

/** The line on top: one sentence makes a task. What of it is understood as date, tag or priority is shown while writing. */
export function QuickAdd({ onDetails }: { onDetails: (task: CreateTask) => void }) {
  const { tasks, now, zone, today } = useAlmanac();
  const text = useSignal('');
  const dated = useSignal(true);
  const input = useRef<HTMLInputElement>(null);
  useShortcuts({ n: () => input.current?.focus() });

  const line = readLine(text.value, localAt(now.value, zone.value), dated.value);
  const asTask = ({ title, tags, priority, due }: Line): CreateTask => ({
    title,
    description: '',
    priority: priority ?? 'medium',
    tags: tags.slice(0, 20),
    due: due === null ? null : { local: due, zone: zone.value },
  });
  const clear = () => {
    text.value = '';
    dated.value = true;
  };
  const isEmpty = line.title === '';

  return (
    <form
      class="quick-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (isEmpty) return;
        tasks.add(asTask(line));
        clear();
        input.current?.focus();
      }}
    >
      <label class="quick-line">
        <Icon name="add" />
        <input
          ref={input}
          type="text"
          aria-label="New task"
          aria-describedby="quick-understood"
          placeholder="Write down what is to be done"
          maxLength={600}
          autocomplete="off"
          enterkeyhint="done"
          value={text}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            if (text.value === '') dated.value = true;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            if (text.value === '') event.currentTarget.blur();
            clear();
          }}
        />
        <kbd aria-hidden="true">n</kbd>
      </label>
      <div class="quick-understood" id="quick-understood" aria-live="polite">
        {text.value === '' ? (
          <p class="quick-hint">
            Such as <em>Pay rent tomorrow 9:00 #home !high</em>
          </p>
        ) : (
          <>
            {line.due && (
              <button
                type="button"
                class="chip"
                onClick={() => {
                  dated.value = false;
                  input.current?.focus();
                }}
              >
                <Icon name="clock" /> {dayWording(line.due.slice(0, 10), today.value)}, {timeOf(line.due)}
                <span class="unseen">: take it as plain words instead</span>
                <Icon name="close" />
              </button>
            )}
            {line.tags.map((tag) => (
              <span key={tag} class="chip">
                #{tag}
              </span>
            ))}
            {line.priority && (
              <span class="chip" data-priority={line.priority}>
                {line.priority} priority
              </span>
            )}
            <span class="quick-actions">
              <button
                type="button"
                class="link"
                onClick={() => {
                  onDetails(asTask(line));
                  clear();
                }}
              >
                Details…
              </button>
              <button type="submit" class="button small" disabled={isEmpty}>
                Add
              </button>
            </span>
          </>
        )}
      </div>
    </form>
  );
}
