import { dayOfYear, daysInYear, turnsOf } from '../time/almanac';
import type { Day } from '../time/zone';
import { MoonDisc } from './moon';

const INITIALS = 'J F M A M J J A S O N D'.split(' ');
const point = (turn: number, radius: number): [number, number] => [
  Math.sin(turn * 2 * Math.PI) * radius,
  -Math.cos(turn * 2 * Math.PI) * radius,
];
const line = (turn: number, from: number, to: number): string =>
  `M${point(turn, from)
    .map((n) => n.toFixed(2))
    .join(' ')}L${point(turn, to)
    .map((n) => n.toFixed(2))
    .join(' ')}`;

/** The year as a dial: a stroke for each day, the solstices and equinoxes on its rim, a hand on today, the moon in the middle. */
export const YearWheel = ({ today, now }: { today: Day; now: number }) => {
  const length = daysInYear(today);
  const turnOf = (day: number) => (day - 1) / length;
  const year = today.slice(0, 4);
  const months = INITIALS.map((_, n) => turnOf(dayOfYear(`${year}-${String(n + 1).padStart(2, '0')}-01`)));
  const day = dayOfYear(today);
  const days = Array.from({ length }, (_, n) => line(turnOf(n + 1), n + 1 <= day ? 74 : 79, 82)).join('');
  return (
    <svg class="wheel" viewBox="-100 -100 200 200" aria-hidden="true">
      <circle r="98" class="wheel-rim" />
      <circle r="84.5" class="wheel-rim" />
      <path d={days} class="wheel-days" />
      <path d={months.map((turn) => line(turn, 84.5, 98)).join('')} class="wheel-months" />
      {INITIALS.map((initial, n) => {
        const turn = (months[n] ?? 0) + 1 / 24;
        const [x, y] = point(turn, 91.25);
        return (
          <text key={n} x={x} y={y} transform={`rotate(${turn * 360} ${x} ${y})`}>
            {initial}
          </text>
        );
      })}
      {turnsOf(Number(year)).map((turn) => {
        const [cx, cy] = point(turnOf(dayOfYear(turn.day)), 69);
        return <circle key={turn.day} cx={cx} cy={cy} r="1.6" class="wheel-turn" />;
      })}
      <path d={line(turnOf(day), 24, 82)} class="wheel-hand" />
      <g transform="scale(18)">
        <MoonDisc now={now} />
      </g>
    </svg>
  );
};
