import {
  agendaHeading,
  dayWording,
  distance,
  dueWording,
  elsewhere,
  firstWeekday,
  speak,
  timeOf,
  zoneName,
} from './wording';

const today = '2026-11-21';

describe('a day is called', () => {
  test.each([
    ['2026-11-21', 'today'],
    ['2026-11-22', 'tomorrow'],
    ['2026-11-20', 'yesterday'],
    ['2026-11-25', 'Wednesday'],
    ['2026-11-28', '28 November'],
    ['2026-11-18', '18 November'],
    ['2027-01-02', '2 January 2027'],
  ])('%s %s', (day, words) => {
    expect(dayWording(day, today)).toBe(words);
  });
});

describe('a due time', () => {
  const due = { local: '2026-11-21T20:00', zone: 'America/New_York', at: '2026-11-22T01:00:00Z' };

  test('is told on the wall of the reader', () => {
    expect(dueWording(due, today, 'Europe/Berlin')).toBe('tomorrow, 02:00');
  });

  test('names the other wall only where it shows another time', () => {
    expect(elsewhere(due, 'Europe/Berlin')).toBe('20:00 in New York');
    expect(elsewhere(due, 'America/New_York')).toBeNull();
    expect(elsewhere(due, 'America/Toronto')).toBeNull();
  });

  test('comes under the heading of its day, or of its month when that is far', () => {
    expect(agendaHeading('2026-11-19', today)).toEqual({ key: 'overdue', title: 'Overdue', note: '' });
    expect(agendaHeading(today, today)).toEqual({ key: today, title: 'Today', note: 'Saturday 21 November' });
    expect(agendaHeading('2026-11-24', today)).toEqual({
      key: '2026-11-24',
      title: 'Tuesday',
      note: '24 November',
    });
    expect(agendaHeading('2026-11-28', today)).toEqual({
      key: '2026-11',
      title: 'Later in November',
      note: '',
    });
    expect(agendaHeading('2027-01-28', today)).toEqual({ key: '2027-01', title: 'January 2027', note: '' });
  });
});

test.each([
  [-10_000, 'just now'],
  [-5 * 60_000, '5 minutes ago'],
  [60 * 60_000, 'in 1 hour'],
  [-3 * 86_400_000, '3 days ago'],
])('%d ms from now is %s', (ms, words) => {
  expect(distance(ms)).toBe(words);
});

test('a zone goes by its city', () => {
  expect(zoneName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
});

test('the reader’s own English decides about clocks and weeks', () => {
  speak(['de-DE', 'en-US', 'en']);
  expect(timeOf('2026-11-21T14:30')).toMatch(/^2:30\spm$/);
  expect(firstWeekday()).toBe(7);
  speak(['de-DE', 'en']);
  expect(timeOf('2026-11-21T14:30')).toBe('14:30');
  expect(firstWeekday()).toBe(1);
});
