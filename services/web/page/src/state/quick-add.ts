import type { Priority } from '@almanac/contracts';
import { addDays, addMonths, weekdayOf, type Day, type Local } from '../time/zone';

/** What one line of the quick-add says. */
export interface Line {
  title: string;
  tags: string[];
  priority: Priority | null;
  due: Local | null;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const NAMED =
  '(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|(?:nov|dec)(?:ember)?)';
const DAY = [
  `today|tonight|tomorrow|next week|next month|(?:next )?${NAMED}`,
  'in (?<count>\\d{1,3}) (?<unit>day|week|month)s?',
  '(?<iso>\\d{4}-\\d\\d-\\d\\d)',
  `(?<date>\\d{1,2})\\.? (?<month>${MONTH})`,
  `(?<monthFirst>${MONTH}) (?<dateLast>\\d{1,2})`,
].join('|');
const TIME = [
  'noon|midnight',
  '(?<hour12>\\d{1,2})(?::(?<minute12>\\d\\d))? ?(?<half>[ap]m)',
  '(?<hour>[01]?\\d|2[0-3]):(?<minute>[0-5]\\d)',
  'at (?<bareHour>[01]?\\d|2[0-3])',
].join('|');
const PHRASE = new RegExp(
  `(?:(?:^|,? )(?:due |by |on )?(?<day>${DAY}))?(?:(?:^|,? )(?:at )?(?<time>${TIME}))?$`,
  'i',
);
type Found = Record<string, string | undefined>;

/** Morning, unless the day is today: then the next full hour that leaves time to do it. */
const usualTime = (day: Day, now: Local): string =>
  day > now.slice(0, 10)
    ? '09:00'
    : now >= `${day}T22:00`
      ? '23:59'
      : `${pad(Number(now.slice(11, 13)) + 2)}:00`;

const pad = (n: number): string => String(n).padStart(2, '0');

/** The day that was found, or null when there is no such day. */
function readDay({ day = '', count = '', unit, iso, ...found }: Found, today: Day): Day | null {
  const named = day.toLowerCase();
  if (named === 'today' || named === 'tonight') return today;
  if (named === 'tomorrow') return addDays(today, 1);
  if (named === 'next week') return addDays(today, 8 - weekdayOf(today));
  if (named === 'next month') return addMonths(`${today.slice(0, 7)}-01`, 1);
  if (unit)
    return /month/i.test(unit)
      ? addMonths(today, +count)
      : addDays(today, +count * (/week/i.test(unit) ? 7 : 1));
  if (iso) return isDay(iso) ? iso : null;
  const month = (found.month ?? found.monthFirst)?.toLowerCase().slice(0, 3);
  if (month) {
    const year = +today.slice(0, 4);
    const days = [year, year + 1].map(
      (year) => `${year}-${pad(MONTHS.indexOf(month) + 1)}-${pad(Number(found.date ?? found.dateLast))}`,
    );
    return days.find((day) => day >= today && isDay(day)) ?? null;
  }
  const weekday = WEEKDAYS.findIndex((name) => name.startsWith(named.replace('next ', '').slice(0, 3))) + 1;
  return addDays(today, (weekday - weekdayOf(today) + 7) % 7 || 7);
}

const isDay = (day: string): boolean => {
  const ms = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
};

function readTime({
  time = '',
  hour12,
  minute12 = '00',
  half = '',
  hour,
  minute = '00',
  bareHour,
}: Found): string | null {
  if (/noon/i.test(time)) return '12:00';
  if (/midnight/i.test(time)) return '23:59';
  if (hour12) {
    if (+hour12 < 1 || +hour12 > 12 || +minute12 > 59) return null;
    return `${pad((+hour12 % 12) + (/pm/i.test(half) ? 12 : 0))}:${minute12}`;
  }
  return `${pad(Number(hour ?? bareHour))}:${minute}`;
}

/**
 * Reads `Pay rent tomorrow 9:00 #home !high`.
 *
 * Tags and the priority may stand anywhere, a day and a time only at the end: "Call Mr Friday about
 * the Sunday paper" has no date. It is a short cut for a few phrases, shown before it is saved, not
 * an understanding of language.
 * @param now the wall-clock time where the user is
 * @param dated false to take words that look like a date as they stand
 */
export function readLine(text: string, now: Local, dated = true): Line {
  const tags: string[] = [];
  let priority: Priority | null = null;
  let title = text
    .replace(/(^|\s)#([^\s,#]{1,50})/gu, (_, before: string, tag: string) => {
      tags.push(tag.toLowerCase());
      return before;
    })
    .replace(/(^|\s)!(h|m|l|high|medium|low|[123])(?=\s|$)/gi, (_, before: string, word: string) => {
      priority = /^[h1]/i.test(word) ? 'high' : /^[m2]/i.test(word) ? 'medium' : 'low';
      return before;
    })
    .replace(/\s+/g, ' ')
    .trim();

  let due: Local | null = null;
  const phrase = dated ? PHRASE.exec(title) : null;
  const found: Found = phrase?.groups ?? {};
  if (phrase && (found.day || found.time)) {
    const today = now.slice(0, 10);
    const time = found.time ? readTime(found) : null;
    const day = found.day ? readDay(found, today) : null;
    const understood = (!found.day || day) && (!found.time || time);
    if (understood) {
      const evening = /tonight/i.test(found.day ?? '') ? '20:00' : null;
      due = day
        ? `${day}T${time ?? evening ?? usualTime(day, now)}`
        : `${`${today}T${time}` > now ? today : addDays(today, 1)}T${time}`;
      title = title.slice(0, phrase.index).trim();
    }
  }
  return { title, tags: [...new Set(tags)], priority, due };
}
