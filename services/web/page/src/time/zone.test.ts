import {
  addDays,
  addMonths,
  dayAt,
  daysBetween,
  instantOf,
  localAt,
  startOf,
  weekdayOf,
  weeksOfMonth,
} from './zone';

const iso = (local: string, zone: string) => new Date(instantOf(local, zone)).toISOString();

describe('the clock on the wall', () => {
  test('shows another day where it is already tomorrow', () => {
    expect(dayAt('2026-11-21T23:30:00Z', 'Europe/Berlin')).toBe('2026-11-22');
    expect(dayAt('2026-11-21T03:30:00Z', 'America/New_York')).toBe('2026-11-20');
  });

  test('shows midnight as 00:00, never as 24:00', () => {
    expect(localAt('2026-11-21T23:00:00Z', 'Europe/Berlin')).toBe('2026-11-22T00:00');
  });

  test('names an instant, in summer and in winter', () => {
    expect(iso('2026-07-01T09:30', 'Europe/Berlin')).toBe('2026-07-01T07:30:00.000Z');
    expect(iso('2026-12-01T09:30', 'Europe/Berlin')).toBe('2026-12-01T08:30:00.000Z');
    expect(iso('2026-12-01T09:30', 'Asia/Kathmandu')).toBe('2026-12-01T03:45:00.000Z');
  });

  test('moves on over the hour that summer time skips', () => {
    expect(iso('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(iso('2026-03-08T02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
  });

  test('means the first of the two hours when summer time ends', () => {
    expect(iso('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });

  test('begins a day at midnight of its own zone', () => {
    expect(startOf('2026-11-21', 'Pacific/Auckland')).toBe('2026-11-20T11:00:00.000Z');
  });
});

describe('days', () => {
  test('are counted over months, years and summer time', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-29', 1)).toBe('2026-03-30');
    expect(daysBetween('2026-11-21', '2026-12-21')).toBe(30);
    expect(daysBetween('2026-11-21', '2026-11-20')).toBe(-1);
  });

  test('know their weekday: Sunday is the seventh', () => {
    expect(weekdayOf('2026-11-21')).toBe(6);
    expect(weekdayOf('2026-11-22')).toBe(7);
  });

  test('a month later than the 31st is the last of a shorter month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-01-15', -1)).toBe('2025-12-15');
  });

  test('fill the weeks of a month, beginning with the weekday asked for', () => {
    const weeks = weeksOfMonth('2026-11-21', 1);
    expect(weeks).toHaveLength(6);
    expect(weeks[0]![0]).toBe('2026-10-26');
    expect(weeks[5]![0]).toBe('2026-11-30');
    expect(weeksOfMonth('2026-11-21', 7)[0]![0]).toBe('2026-11-01');
  });
});
