import { dayOfYear, daysInYear, moonAt, nextTurn, turnsOf, weekOfYear } from './almanac';

describe('the moon', () => {
  // Dates of the United States Naval Observatory.
  test.each([
    ['2026-08-12T17:37Z', 'new moon'],
    ['2026-08-28T04:18Z', 'full moon'],
    ['2026-11-24T14:53Z', 'full moon'],
    ['2026-11-17T11:48Z', 'first quarter'],
    ['2026-11-20T12:00Z', 'waxing gibbous'],
    ['2026-12-01T06:09Z', 'last quarter'],
    ['2026-12-05T12:00Z', 'waning crescent'],
  ])('at %s is a %s', (at, name) => {
    expect(moonAt(Date.parse(at)).name).toBe(name);
  });
});

describe('the year', () => {
  test('turns on the days the observatories say', () => {
    expect(turnsOf(2026).map(({ day }) => day)).toEqual([
      '2026-03-20',
      '2026-06-21',
      '2026-09-23',
      '2026-12-21',
    ]);
  });

  test('looks into the next one after the last solstice', () => {
    expect(nextTurn('2026-11-21')).toEqual({ name: 'December solstice', day: '2026-12-21', days: 30 });
    expect(nextTurn('2026-12-21').days).toBe(0);
    expect(nextTurn('2026-12-22').name).toBe('March equinox');
  });

  test('counts its days and weeks', () => {
    expect(dayOfYear('2026-11-21')).toBe(325);
    expect(daysInYear('2028-05-01')).toBe(366);
    expect(weekOfYear('2026-11-21')).toBe(47);
    expect(weekOfYear('2027-01-01')).toBe(53);
    expect(weekOfYear('2024-12-30')).toBe(1);
  });
});
