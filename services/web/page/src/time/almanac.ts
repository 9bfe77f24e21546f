import { addDays, daysBetween, weekdayOf, type Day } from './zone';

/** Mean length of the moon's month in days, and one new moon it is counted from (Meeus, Astronomical Algorithms, ch. 49). */
const SYNODIC_MONTH = 29.530588861;
const NEW_MOON = Date.parse('2000-01-06T14:20:36Z');

/** The four moments of the moon's month, and what it is called on the way from each to the next. */
const PHASES = [
  { moment: 'new moon', after: 'waxing crescent' },
  { moment: 'first quarter', after: 'waxing gibbous' },
  { moment: 'full moon', after: 'waning gibbous' },
  { moment: 'last quarter', after: 'waning crescent' },
] as const;
type Phase = (typeof PHASES)[number];
type Quarter = 0 | 1 | 2 | 3;

export interface Moon {
  /** 0 is new, 0.5 is full, just below 1 is nearly new again. */
  phase: number;
  name: Phase['moment' | 'after'];
}

/**
 * The moon at an instant, from the mean moon: true to about half a day, which is what an eye sees.
 * @param ms since the epoch
 */
export function moonAt(ms: number): Moon {
  const age = (ms - NEW_MOON) / 86_400_000 / SYNODIC_MONTH;
  const phase = age - Math.floor(age);
  // The moments last about two days each to the eye, what lies between them about five and a half.
  const [nearest, last] = [Math.round(phase * 4) % 4, Math.floor(phase * 4)];
  const isNear = Math.abs(phase * 4 - Math.round(phase * 4)) < 0.14;
  return { phase, name: isNear ? PHASES[nearest as Quarter].moment : PHASES[last as Quarter].after };
}

/** Mean Julian days of the turns of the year, for 1000 to 3000 (Meeus, ch. 27, table 27.B); right to a quarter of an hour. */
const TURNS = [
  { name: 'March equinox', terms: [2451623.80984, 365242.37404, 0.05169, -0.00411, -0.00057] },
  { name: 'June solstice', terms: [2451716.56767, 365241.62603, 0.00325, 0.00888, -0.0003] },
  { name: 'September equinox', terms: [2451810.21715, 365242.01767, -0.11575, 0.00337, 0.00078] },
  { name: 'December solstice', terms: [2451900.05952, 365242.74049, -0.06223, -0.00823, 0.00032] },
] as const;

export interface Turn {
  name: (typeof TURNS)[number]['name'];
  day: Day;
}

const dayOf = (terms: readonly number[], year: number): Day => {
  const julian = terms.reduce((sum, term, power) => sum + term * ((year - 2000) / 1000) ** power, 0);
  return new Date((julian - 2440587.5) * 86_400_000).toISOString().slice(0, 10);
};

/** The equinoxes and solstices of a year, on their days in UTC. Months rather than seasons name them: it is spring somewhere. */
export const turnsOf = (year: number): readonly [Turn, Turn, Turn, Turn] => {
  const [march, june, september, december] = TURNS;
  const turn = ({ name, terms }: (typeof TURNS)[number]): Turn => ({ name, day: dayOf(terms, year) });
  return [turn(march), turn(june), turn(september), turn(december)];
};

/** The next turn of the year, today's included, and how many days it is away. */
export function nextTurn(today: Day): Turn & { days: number } {
  const year = Number(today.slice(0, 4));
  const turn = turnsOf(year).find(({ day }) => day >= today) ?? turnsOf(year + 1)[0];
  return { ...turn, days: daysBetween(today, turn.day) };
}

export const dayOfYear = (day: Day): number => daysBetween(`${day.slice(0, 4)}-01-01`, day) + 1;

export const daysInYear = (day: Day): number => dayOfYear(`${day.slice(0, 4)}-12-31`);

/** The week's number as ISO 8601 counts: a week belongs to the year that its Thursday is in. */
export const weekOfYear = (day: Day): number => Math.ceil(dayOfYear(addDays(day, 4 - weekdayOf(day))) / 7);
