import { AppError } from '@almanac/kernel';

/**
 * A place in a sorted list: the sort value and the id of the last row that was given. Opaque to
 * clients; bound to the sort it was made for, so that a cursor of one list can't be used on another.
 */
export interface Position {
  readonly sort: string;
  readonly value: string | number;
  readonly id: string;
}

export const encodeCursor = ({ sort, value, id }: Position): string =>
  Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');

/**
 * @param isValid says whether value and id are what the list's columns can be compared with
 * @throws AppError `invalid_cursor`
 */
export function decodeCursor(
  cursor: string,
  sort: string,
  isValid: (position: Position) => boolean,
): Position {
  const position = parse(cursor);
  if (position?.sort !== sort || !isValid(position))
    throw new AppError(
      'invalid_cursor',
      'Use `nextCursor` of the previous page, with the same sort and order.',
    );
  return position;
}

function parse(cursor: string): Position | null {
  try {
    const [sort, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const ok =
      typeof sort === 'string' &&
      typeof id === 'string' &&
      (typeof value === 'string' || typeof value === 'number');
    return ok ? { sort, value, id } : null;
  } catch {
    return null;
  }
}
