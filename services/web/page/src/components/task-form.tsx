import type { DueInput, Priority } from '@almanac/contracts';
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import type { Draft, Field } from '../state/edit';
import { zoneName } from '../time/wording';
import { addDays } from '../time/zone';
import { Icon } from './icon';
import { ZoneSelect } from './zone-select';

interface TaskFormProps {
  draft: Signal<Draft>;
  /** What is to be said about a field: what is wrong with it, or that somebody else changed it. */
  note: (field: Field) => ComponentChildren;
  onEnter: () => void;
}

const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

/** The fields of a task. */
export function TaskForm({ draft, note, onEnter }: TaskFormProps) {
  const id = useId();
  const { title, description, priority, tags, due } = draft.value;
  const set = (change: Partial<Draft>) => (draft.value = { ...draft.value, ...change });
  return (
    <div class="task-form">
      <textarea
        class="title-field"
        aria-label="Title"
        aria-describedby={`${id}-title`}
        placeholder="What is to be done?"
        rows={1}
        maxLength={500}
        autofocus={matchMedia('(hover: hover)').matches}
        value={title}
        onInput={(event) => set({ title: event.currentTarget.value.replaceAll('\n', ' ') })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          onEnter();
        }}
      />
      <div id={`${id}-title`}>{note('title')}</div>

      <fieldset class="due-field">
        <legend>Due</legend>
        <DueFields due={due} onChange={(next) => set({ due: next })} />
        {note('due')}
      </fieldset>

      <fieldset class="segments">
        <legend>Priority</legend>
        {PRIORITIES.map((value) => (
          <label key={value} data-priority={value}>
            <input
              type="radio"
              name={`${id}-priority`}
              checked={priority === value}
              onChange={() => set({ priority: value })}
            />
            <span>{value}</span>
          </label>
        ))}
        {note('priority')}
      </fieldset>

      <div class="field">
        <label for={`${id}-tags`}>Tags</label>
        <TagsInput id={`${id}-tags`} tags={tags} onChange={(next) => set({ tags: next })} />
        {note('tags')}
      </div>

      <div class="field">
        <label for={`${id}-notes`}>Notes</label>
        <textarea
          id={`${id}-notes`}
          class="notes-field"
          rows={4}
          maxLength={10_000}
          value={description}
          onInput={(event) => set({ description: event.currentTarget.value })}
        />
        {note('description')}
      </div>
    </div>
  );
}

/** A day, a time and the place whose clock they mean. A day alone means its morning. */
function DueFields({ due, onChange }: { due: DueInput | null; onChange: (due: DueInput | null) => void }) {
  const { today, zone } = useAlmanac();
  const [day = '', time = ''] = due ? due.local.split('T') : [];
  const set = (nextDay: string, nextTime: string, nextZone = due?.zone ?? zone.value) =>
    onChange(nextDay ? { local: `${nextDay}T${nextTime || '09:00'}`, zone: nextZone } : null);
  const isElsewhere = useSignal(false);
  return (
    <>
      <div class="due-inputs">
        <input
          type="date"
          aria-label="Day"
          value={day}
          onChange={(event) => set(event.currentTarget.value, time)}
        />
        <input
          type="time"
          aria-label="Time"
          value={time}
          disabled={!due}
          onChange={(event) => set(day, event.currentTarget.value)}
        />
        {due &&
          (isElsewhere.value || due.zone !== zone.value ? (
            <ZoneSelect aria-label="Zone" value={due.zone} onChange={(next) => set(day, time, next)} />
          ) : (
            <button type="button" class="link" onClick={() => (isElsewhere.value = true)}>
              in {zoneName(due.zone)}
            </button>
          ))}
      </div>
      <div class="due-shortcuts">
        {(
          [
            ['Today', 0],
            ['Tomorrow', 1],
            ['In a week', 7],
          ] as const
        ).map(([label, days]) => (
          <button
            key={label}
            type="button"
            class="chip"
            onClick={() => set(addDays(today.value, days), time)}
          >
            {label}
          </button>
        ))}
        {due && (
          <button type="button" class="chip" onClick={() => onChange(null)}>
            No date <Icon name="close" />
          </button>
        )}
      </div>
    </>
  );
}

interface TagsInputProps {
  id: string;
  tags: readonly string[];
  onChange: (tags: string[]) => void;
}

/** Tags as slips behind each other. A space, a comma or Enter ends one, Backspace takes the last back. */
function TagsInput({ id, tags, onChange }: TagsInputProps) {
  const { tasks } = useAlmanac();
  const text = useSignal('');
  const add = (words: string) => {
    const more = words
      .toLowerCase()
      .split(/[\s,#]+/)
      .filter(Boolean);
    if (more.length > 0) onChange([...new Set([...tags, ...more])].slice(0, 20));
    text.value = '';
  };
  return (
    <div class="tags-input">
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          class="chip"
          aria-label={`Remove tag ${tag}`}
          onClick={() => onChange(tags.filter((other) => other !== tag))}
        >
          #{tag} <Icon name="close" />
        </button>
      ))}
      <input
        id={id}
        list={`${id}-known`}
        autocomplete="off"
        autocapitalize="none"
        maxLength={50}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          text.value = value;
          if (/[\s,]/.test(value)) add(value);
        }}
        onBlur={() => add(text.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text.value) {
            event.preventDefault();
            add(text.value);
          }
          if (event.key === 'Backspace' && !text.value) onChange(tags.slice(0, -1));
        }}
      />
      <datalist id={`${id}-known`}>
        {tasks.tags.value
          .filter(({ tag }) => !tags.includes(tag))
          .map(({ tag }) => (
            <option key={tag} value={tag} />
          ))}
      </datalist>
    </div>
  );
}
