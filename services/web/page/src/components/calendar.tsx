import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { countByDay } from '../state/groups';
import { current } from '../state/known';
import type { Query } from '../state/query';
import { firstWeekday, longDay, monthName, weekdayName } from '../time/wording';
import { addDays, addMonths, startOf, weeksOfMonth, type Day } from '../time/zone';
import { Icon } from './icon';
import { useQuery } from './use-query';

const isWithin = (day: Day, due: Query['due']): boolean => {
  const [first, last = first] = due.split('..') as [Day, Day?];
  return day >= first && day <= last;
};

/** A month with a mark on each day that has something due; a day narrows the list to itself. */
export function Calendar() {
  const { today, zone, tasks, sync } = useAlmanac();
  const [query, change] = useQuery();
  const shown = useSignal(today.value);
  const weeks = weeksOfMonth(shown.value, firstWeekday());
  const [first, last] = [weeks[0]?.[0] ?? shown.value, weeks.at(-1)?.[6] ?? shown.value];
  const counts = useComputed(() => {
    const { confirmed } = tasks.known.value;
    return countByDay(
      [...confirmed.keys()].map((id) => current(tasks.known.value, id)),
      zone.value,
    );
  });
  const isLive = sync.connection.value.is === 'live';
  useEffect(() => {
    if (isLive)
      tasks.survey(startOf(first, zone.value), startOf(addDays(last, 1), zone.value)).catch(() => undefined);
  }, [first, last, zone.value, isLive]);

  return (
    <section class="calendar" aria-label="Calendar">
      <header>
        <h2 aria-live="polite">{monthName(shown.value)}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Previous month"
          onClick={() => (shown.value = addMonths(shown.value, -1))}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Next month"
          onClick={() => (shown.value = addMonths(shown.value, 1))}
        >
          <Icon name="forth" />
        </button>
      </header>
      <table>
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day} scope="col" abbr={weekdayName(day)}>
                {weekdayName(day).charAt(0)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const count = counts.value.get(day) ?? 0;
                const isChosen = isWithin(day, query.due);
                return (
                  <td key={day}>
                    <button
                      type="button"
                      class="day"
                      data-other={day.slice(0, 7) !== shown.value.slice(0, 7)}
                      data-due={count > 0}
                      {...(day === today.value ? { 'aria-current': 'date' as const } : {})}
                      aria-pressed={isChosen}
                      aria-label={`${longDay(day)}${count > 0 ? `, ${count} due` : ''}`}
                      onClick={() => change({ due: isChosen ? 'any' : (day as Query['due']) })}
                    >
                      {Number(day.slice(8))}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
