import { useSignal } from '@preact/signals';
import { useAlmanac } from '../almanac';
import { Calendar } from '../components/calendar';
import { Moon } from '../components/moon';
import { TagIndex } from '../components/tag-index';
import { dayOfYear, moonAt, nextTurn, weekOfYear } from '../time/almanac';
import { capital, monthName, weekdayName } from '../time/wording';

/** The margin of the book: what day it is, the month, and the index. */
export function Margin() {
  const { now, today } = useAlmanac();
  const day = today.value;
  const isOpen = useSignal(false); // matters on narrow screens, where it is folded
  const turn = nextTurn(day);
  return (
    <aside class="margin" aria-label="Today, calendar and tags">
      <div class="today">
        <p class="today-weekday">{weekdayName(day)}</p>
        <p class="today-number">{Number(day.slice(8))}</p>
        <p class="today-month">{monthName(day)}</p>
        <p class="today-sky">
          <Moon now={now.value} />
          <span>
            <span>{capital(moonAt(now.value).name)}</span>
            <span>
              Week {weekOfYear(day)}, day {dayOfYear(day)}
            </span>
            <span>{turn.days === 0 ? `${turn.name} today` : `${turn.days} days to the ${turn.name}`}</span>
          </span>
        </p>
      </div>
      <button
        type="button"
        class="more"
        aria-expanded={isOpen.value}
        aria-controls="more"
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        Calendar and tags
      </button>
      <div id="more" class="more-content" data-open={isOpen.value}>
        <Calendar />
        <TagIndex />
      </div>
    </aside>
  );
}
