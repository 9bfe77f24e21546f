import { readLine } from './quick-add';

/** A Saturday morning. */
const now = '2026-11-21T10:20';
const due = (text: string) => readLine(text, now).due;

describe('a line of the quick-add', () => {
  test('says everything at once', () => {
    expect(readLine('Pay rent tomorrow 9:00 #home !high', now)).toEqual({
      title: 'Pay rent',
      tags: ['home'],
      priority: 'high',
      due: '2026-11-22T09:00',
    });
  });

  test('has tags and a priority anywhere, each tag once, in lower case', () => {
    expect(readLine('#Home call !l the plumber #home #urgent', now)).toEqual({
      title: 'call the plumber',
      tags: ['home', 'urgent'],
      priority: 'low',
      due: null,
    });
  });

  test.each([
    ['Water plants today', '2026-11-21T12:00'],
    ['Water plants tonight', '2026-11-21T20:00'],
    ['Water plants tomorrow', '2026-11-22T09:00'],
    ['Water plants on monday', '2026-11-23T09:00'],
    ['Water plants Sat', '2026-11-28T09:00'],
    ['Water plants next wednesday at 18:15', '2026-11-25T18:15'],
    ['Water plants thursday', '2026-11-26T09:00'],
    ['Water plants next week', '2026-11-23T09:00'],
    ['Water plants next month', '2026-12-01T09:00'],
    ['Water plants in 3 days', '2026-11-24T09:00'],
    ['Water plants in 2 weeks, 8am', '2026-12-05T08:00'],
    ['Water plants 2027-01-31', '2027-01-31T09:00'],
    ['Water plants by 3 December 14:30', '2026-12-03T14:30'],
    ['Water plants Jan 5 at 7', '2027-01-05T07:00'],
    ['Water plants at 18:00', '2026-11-21T18:00'],
    ['Water plants 8:15', '2026-11-22T08:15'],
    ['Water plants 12am', '2026-11-22T00:00'],
    ['Water plants tomorrow noon', '2026-11-22T12:00'],
    ['Water plants due 29 feb', null],
  ])('%s', (text, expected) => {
    expect(due(text)).toBe(expected);
    if (expected) expect(readLine(text, now).title).toBe('Water plants');
  });

  test.each([
    'Call Mr Friday about the paper',
    'Buy 12 eggs',
    'Read chapter 9',
    'Meet in 5 Main Street',
    'Fix the 25:61 display',
    'Plan for 2026-13-45',
    'Order a 13pm sign',
    'Version 1.2',
    'Ask about the month',
    'Buy 3 marbles',
    'Sundial',
    'Thank you, Monty',
    'email me@home',
    'C# and F# compared',
  ])('“%s” has no date and keeps its words', (text) => {
    expect(readLine(text, now)).toEqual({ title: text, tags: [], priority: null, due: null });
  });

  test('keeps words that look like a date when told to', () => {
    expect(readLine('Watch Black Friday', now, false).title).toBe('Watch Black Friday');
  });

  test('late in the evening, today still ends today', () => {
    expect(readLine('Lock up today', '2026-11-21T23:10').due).toBe('2026-11-21T23:59');
  });

  test('may be nothing but a date', () => {
    expect(readLine('tomorrow', now)).toMatchObject({ title: '', due: '2026-11-22T09:00' });
  });
});
