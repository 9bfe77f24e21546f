import { useEffect, useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { everythingOpen, isNarrowed, type DueSpan, type Query, type Sort } from '../state/query';
import { addDays } from '../time/zone';
import { Icon } from './icon';
import { useShortcuts } from './shortcuts';
import { useQuery } from './use-query';

const STATUS: Record<Query['status'], string> = {
  open: 'Open tasks',
  completed: 'Completed tasks',
  all: 'All tasks',
};
const PRIORITY = {
  '': 'any',
  high: 'high',
  'high medium': 'high or medium',
  medium: 'medium',
  low: 'low',
} as const;
const DUE: Record<string, string> = {
  any: 'any time',
  overdue: 'before now',
  today: 'today',
  week: 'within a week',
  month: 'within 30 days',
  days: 'between',
};
const SORT: Record<Sort, readonly [usual: string, reversed: string]> = {
  due: ['soonest first', 'latest first'],
  priority: ['important first', 'important last'],
  created: ['newest first', 'oldest first'],
  title: ['from A to Z', 'from Z to A'],
};

/** How long after a letter the search begins. Milliseconds. */
const PAUSE = 180;

/** What the list shows, as a sentence whose words can be changed. */
export function Filters() {
  const { today } = useAlmanac();
  const [query, change] = useQuery();
  const isDays = query.due.includes('-');
  const [first = '', last = first] = isDays ? query.due.split('..') : [];
  const setDays = (from: string, to: string) => {
    if (from && to) change({ due: (from <= to ? `${from}..${to}` : `${to}..${from}`) as DueSpan });
  };

  return (
    <div class="filters">
      <Search q={query.q} onChange={(q) => change({ q })} />
      <p class="sentence">
        <Choice
          label="Status"
          value={query.status}
          options={STATUS}
          onChange={(status) => change({ status: status as Query['status'] })}
        />{' '}
        of{' '}
        <Choice
          label="Priority"
          value={query.priority.join(' ')}
          options={PRIORITY}
          onChange={(text) => change({ priority: text.split(' ').filter(Boolean) as Query['priority'] })}
        />{' '}
        priority, due{' '}
        <Choice
          label="Due"
          value={isDays ? 'days' : query.due}
          options={DUE}
          onChange={(due) =>
            change({ due: (due === 'days' ? `${today.value}..${addDays(today.value, 6)}` : due) as DueSpan })
          }
        />
        {isDays && (
          <>
            {' '}
            <input
              type="date"
              aria-label="Due from"
              value={first}
              onChange={(event) => setDays(event.currentTarget.value, last)}
            />{' '}
            and{' '}
            <input
              type="date"
              aria-label="Due until"
              value={last}
              onChange={(event) => setDays(first, event.currentTarget.value)}
            />
          </>
        )}
        {query.tags.map((tag, n) => (
          <span key={tag}>
            {n === 0 ? ', tagged ' : ' and '}
            <button
              type="button"
              class="chip"
              aria-label={`No longer only ${tag}`}
              onClick={() => change({ tags: query.tags.filter((other) => other !== tag) })}
            >
              #{tag} <Icon name="close" />
            </button>
          </span>
        ))}
        ,{' '}
        <Choice
          label="Order"
          value={`${query.sort}${query.reversed ? ' reversed' : ''}`}
          options={Object.fromEntries(
            Object.entries(SORT).flatMap(([sort, [usual, reversed]]) => [
              [sort, usual],
              [`${sort} reversed`, reversed],
            ]),
          )}
          onChange={(text) => {
            const [sort, reversed] = text.split(' ');
            change({ sort: sort as Sort, reversed: reversed !== undefined });
          }}
        />
        .{' '}
        {isNarrowed(query) && (
          <button
            type="button"
            class="link"
            onClick={() => change({ ...everythingOpen, status: query.status, sort: query.sort })}
          >
            Clear
          </button>
        )}
      </p>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: Readonly<Record<string, string>>;
  onChange: (value: string) => void;
}

/** A word of the sentence that can be another one. What is chosen elsewhere, and isn't offered here, is shown as it is. */
const Choice = ({ label, value, options, onChange }: ChoiceProps) => (
  <select
    class="choice"
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
  >
    {!(value in options) && <option value={value}>{value.replaceAll(' ', ' or ')}</option>}
    {Object.entries(options).map(([key, text]) => (
      <option key={key} value={key}>
        {text}
      </option>
    ))}
  </select>
);

function Search({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useShortcuts({ '/': () => input.current?.select() });
  useEffect(() => {
    // The address may change by other means than this field, but not under the fingers.
    if (input.current && document.activeElement !== input.current) input.current.value = q;
  }, [q]);
  return (
    <label class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search"
        placeholder="Search"
        maxLength={200}
        defaultValue={q}
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(value), PAUSE);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.currentTarget.value = '';
            onChange('');
            event.currentTarget.blur();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
