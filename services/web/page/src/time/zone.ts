/** A calendar day such as `2026-11-21`. Days compare as strings. */
export type Day = string;

/** Wall-clock time to the minute, such as `2026-11-21T09:30`: what the contracts call `local`. */
export type Local = string;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a hundred times what using it does, so there is one per zone. */
const clockOf = (zone: string): Intl.DateTimeFormat => {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    clocks.set(zone, clock);
  }
  return clock;
};

/** What the clock on the wall in `zone` shows at an instant. */
export function localAt(instant: string | number | Date, zone: string): Local {
  const parts = clockOf(zone).formatToParts(new Date(instant));
  const part = (wanted: Intl.DateTimeFormatPartTypes) =>
    parts.find(({ type }) => type === wanted)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** The day that it is in `zone` at an instant. */
export const dayAt = (instant: string | number | Date, zone: string): Day =>
  localAt(instant, zone).slice(0, 10);

/** Milliseconds by which the wall in `zone` is ahead of UTC at an instant, to the minute. */
const offsetAt = (ms: number, zone: string): number =>
  Date.parse(`${localAt(ms, zone)}Z`) - Math.floor(ms / 60_000) * 60_000;

/**
 * The instant that a wall-clock time names, as milliseconds since the epoch.
 *
 * Twice a year a time doesn't exist, or exists twice. As RFC 5545 and Temporal's `compatible` have
 * it, a time within a gap is moved on by the length of the gap, and of two the first is meant. The
 * server decides likewise; this is for showing things before it answers.
 */
export function instantOf(local: Local, zone: string): number {
  const wall = Date.parse(`${local}Z`);
  const day = 86_400_000;
  const [before, after] = [offsetAt(wall - day, zone), offsetAt(wall + day, zone)];
  const fits = (offset: number) => offsetAt(wall - offset, zone) === offset;
  return wall - (fits(before) || !fits(after) ? before : after);
}

/** The instant a day begins in `zone`, ISO 8601 in UTC. */
export const startOf = (day: Day, zone: string): string =>
  new Date(instantOf(`${day}T00:00`, zone)).toISOString();

const noon = (day: Day): number => Date.parse(`${day}T12:00Z`);

export const addDays = (day: Day, days: number): Day =>
  new Date(noon(day) + days * 86_400_000).toISOString().slice(0, 10);

/** How many days lie from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number => Math.round((noon(to) - noon(from)) / 86_400_000);

/** 1 is Monday, 7 is Sunday, as in ISO 8601. */
export const weekdayOf = (day: Day): number => new Date(noon(day)).getUTCDay() || 7;

/** The day with its month moved; the 31st becomes the last day of a shorter month. */
export function addMonths(day: Day, months: number): Day {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** The six weeks, or fewer, that a calendar shows for the month of `day`. */
export function weeksOfMonth(day: Day, firstWeekday: number): Day[][] {
  const first = `${day.slice(0, 7)}-01`;
  const next = addMonths(first, 1);
  const weeks: Day[][] = [];
  for (
    let start = addDays(first, -((weekdayOf(first) - firstWeekday + 7) % 7));
    start < next;
    start = addDays(start, 7)
  )
    weeks.push(Array.from({ length: 7 }, (_, n) => addDays(start, n)));
  return weeks;
}
