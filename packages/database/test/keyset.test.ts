import { AppError, newId } from '@almanac/kernel';
import { decodeCursor, encodeCursor, type Position } from '../src';

const position: Position = { sort: 'title asc', value: 'Ærø — 100 %', id: newId() };
const anything = () => true;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([position, { ...position, value: 42 }, { ...position, value: '' }])(
  'a cursor gives the position back that it was made of',
  (original) => {
    expect(decodeCursor(encodeCursor(original), original.sort, anything)).toEqual(original);
  },
);

test('a cursor can stand in a URL as it is', () => {
  const cursor = encodeCursor({ ...position, value: '???>>>~~~' });
  expect(encodeURIComponent(cursor)).toBe(cursor);
});

test.each([
  ['nothing', ''],
  ['garbage', '%%%'],
  ['bytes that aren’t UTF-8', Buffer.from([0xff, 0xfe]).toString('base64url')],
  ['a cut one', encodeCursor(position).slice(0, -10)],
  ['JSON that isn’t a list', encoded({ sort: 'title asc', value: 'x', id: newId() })],
  ['null', encoded(null)],
  ['a list that is too short', encoded(['title asc', 'x'])],
  ['one of another sort', encodeCursor({ ...position, sort: 'title desc' })],
  ['an id that isn’t a text', encoded(['title asc', 'x', 7])],
  ['a value of a type that no column has', encoded(['title asc', { $gt: '' }, newId()])],
  ['a sort that isn’t a text', encoded([null, 'x', newId()])],
])('%s is no cursor', (_what, cursor) => {
  expect(() => decodeCursor(cursor, position.sort, anything)).toThrow(
    expect.objectContaining({ code: 'invalid_cursor' }) as AppError,
  );
});

test('a value that the list’s column can’t be compared with is refused', () => {
  const isNumber = ({ value }: Position) => typeof value === 'number';
  expect(() => decodeCursor(encodeCursor(position), position.sort, isNumber)).toThrow(AppError);
});
