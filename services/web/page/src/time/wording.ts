import type { Due } from '@almanac/contracts';
import { daysBetween, localAt, type Day, type Local } from './zone';

let locale = 'en-GB';
let formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Chooses the flavour of English that the reader uses, by the languages of their browser: it decides
 * between 14:30 and 2:30 pm, and what a week begins with.
 */
export function speak(languages: readonly string[]): void {
  locale = languages.find((language) => language.startsWith('en-')) ?? 'en-GB';
  formats = new Map();
}

/** The day a week begins with: 1 for Monday, 7 for Sunday. */
export const firstWeekday = (): number => (/-(US|CA|PH|IN|ZA)$/.test(locale) ? 7 : 1);

const format = (date: Date, options: Intl.DateTimeFormatOptions): string => {
  const key = JSON.stringify(options);
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })));
  return known.format(date);
};
const formatDay = (day: Day, options: Intl.DateTimeFormatOptions): string =>
  format(new Date(`${day}T12:00Z`), options);

export const weekdayName = (day: Day): string => formatDay(day, { weekday: 'long' });
export const monthName = (day: Day): string => formatDay(day, { month: 'long', year: 'numeric' });
/** `Saturday, 21 November 2026` */
export const longDay = (day: Day): string =>
  formatDay(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** `09:30`, or `9:30 am` where that is the custom. */
export const timeOf = (local: Local): string =>
  format(new Date(`${local}Z`), { timeStyle: 'short' }).toLowerCase();

/** `2 December`, with the year if it is another one than today's. */
const calendarDay = (day: Day, today: Day): string =>
  formatDay(day, {
    day: 'numeric',
    month: 'long',
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }),
  });

/** `today`, `tomorrow`, `yesterday`, `Wednesday` within a week, else `2 December`. */
export function dayWording(day: Day, today: Day): string {
  const days = daysBetween(today, day);
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  return days > 1 && days < 7 ? weekdayName(day) : calendarDay(day, today);
}

/** `Today`, for where a line begins. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The city of a zone, which is how people call it: `New York`. */
export const zoneName = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');

/** When something is due on the wall of the reader, e.g. `tomorrow, 09:30`. */
export const dueWording = (due: Due, today: Day, zone: string): string => {
  const local = localAt(due.at, zone);
  return `${dayWording(local.slice(0, 10), today)}, ${timeOf(local)}`;
};

/** The same in a tale of what was planned then: `for yesterday` would be no plan. */
export function plannedWording(due: Due, today: Day, zone: string): string {
  const local = localAt(due.at, zone);
  const day = local.slice(0, 10);
  return day < today ? `${calendarDay(day, today)}, ${timeOf(local)}` : dueWording(due, today, zone);
}

/** The wall-clock time the user wrote, where it is another than the reader's: `15:00 in New York`. */
export const elsewhere = (due: Due, zone: string): string | null =>
  due.zone === zone || localAt(due.at, zone) === due.local
    ? null
    : `${timeOf(due.local)} in ${zoneName(due.zone)}`;

/**
 * How long ago, or in how long, roughly: `just now`, `5 minutes ago`, `in 2 hours`, `3 days ago`.
 * @param ms how far `then` is from now, negative in the past
 */
export function distance(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const [count, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 36 * 60
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 60 / 24), 'day'];
  if (count === 0) return 'just now';
  const length = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return ms < 0 ? `${length} ago` : `in ${length}`;
}

/** The heading a due day comes under: days near by have names of their own, others their month. */
export function agendaHeading(day: Day, today: Day): { key: string; title: string; note: string } {
  const days = daysBetween(today, day);
  if (days < 0) return { key: 'overdue', title: 'Overdue', note: '' };
  const note = formatDay(day, { weekday: 'long', day: 'numeric', month: 'long' });
  if (days <= 1) return { key: day, title: capital(dayWording(day, today)), note };
  if (days < 7)
    return { key: day, title: weekdayName(day), note: formatDay(day, { day: 'numeric', month: 'long' }) };
  const month = day.slice(0, 7);
  if (month === today.slice(0, 7))
    return { key: month, title: `Later in ${formatDay(day, { month: 'long' })}`, note: '' };
  return { key: month, title: monthName(day), note: '' };
}
