import { dayOfYear, daysInYear } from '../time/almanac';
import { addMonths, type Day } from '../time/zone';

const INITIALS = 'J F M A M J J A S O N D'.split(' ');

/** The year from left to right under the head of the page, and where in it we are. An ornament. */
export const YearLine = ({ today }: { today: Day }) => {
  const length = daysInYear(today);
  const at = (day: Day) => `${((dayOfYear(day) - 0.5) / length) * 100}%`;
  return (
    <div class="year" aria-hidden="true">
      {INITIALS.map((initial, n) => (
        <span key={n} style={{ left: at(addMonths(`${today.slice(0, 4)}-01-01`, n)) }}>
          {initial}
        </span>
      ))}
      <i style={{ left: at(today) }} />
    </div>
  );
};
