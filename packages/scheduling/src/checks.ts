import type { Instant } from '@almanac/kernel';
import type { Rhythm } from './job-scheduler';

const maxIdLength = 200;
const maxDataBytes = 16 * 1024;
const minPeriod = 100;

/**
 * Milliseconds since the epoch.
 *
 * `Date.parse` alone won't do: it takes 30 February for 2 March, and local times for UTC's.
 * @throws RangeError when it isn't an instant in the kernel's form
 */
export function epochMillis(instant: Instant): number {
  const millis = Date.parse(instant);
  if (Number.isNaN(millis) || new Date(millis).toISOString() !== instant) {
    throw new RangeError(`${JSON.stringify(instant)} is no instant such as 2026-11-21T09:30:00.000Z`);
  }
  return millis;
}

/** @throws RangeError */
export function checkName(name: string): void {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw new RangeError(
      `${JSON.stringify(name)} is no name for a job: lower case, digits and hyphens, 64 at most`,
    );
  }
}

/** @throws RangeError */
export function checkId(id: string): void {
  if (id.length === 0 || id.length > maxIdLength || !id.isWellFormed() || /\p{Cc}/u.test(id)) {
    throw new RangeError(
      `${JSON.stringify(id.slice(0, 40))} is no id for a job: 1 to ${maxIdLength} characters, none of them control characters`,
    );
  }
}

/** @throws RangeError */
export function checkRhythm(name: string, rhythm: Rhythm): void {
  if ('cron' in rhythm) {
    new Intl.DateTimeFormat('en', { timeZone: rhythm.zone }); // a RangeError that names the zone
    // Whether the fields make sense is found out at the start, by what will compute the ticks; but
    // cron-parser fills up missing ones: `0 3 * *` would be the 3rd of each month.
    const fields = rhythm.cron.trim().split(/\s+/).length;
    if (fields === 5 || fields === 6) return;
    throw new RangeError(
      `${name}: ${JSON.stringify(rhythm.cron)} is no cron pattern: it must have five or six fields`,
    );
  }
  if (!Number.isSafeInteger(rhythm.every) || rhythm.every < minPeriod) {
    throw new RangeError(
      `${name}: every ${rhythm.every} ms is no period; whole milliseconds, ${minPeriod} at least`,
    );
  }
}

/**
 * Data as JSON text. It is stored as text: PostgreSQL's jsonb refuses U+0000 and lone surrogates,
 * which JSON allows.
 * @throws RangeError when it is no JSON, or too large
 */
export function toJson(name: string, data: unknown): string {
  const json = JSON.stringify(data) as string | undefined; // the types don't tell of functions and undefined
  if (json === undefined) throw new RangeError(`${name}: the data of a job must be JSON`);
  if (Buffer.byteLength(json) > maxDataBytes) {
    throw new RangeError(
      `${name}: data of a job may have ${maxDataBytes} bytes; give ids, and let the handler read the rest`,
    );
  }
  return json;
}
