import type { Session } from '@almanac/database';
import type { Attempts } from '../ports';

/** Counts in fixed windows. One statement, so that replicas at the same time miss none. */
export const attemptRepository = (session: Session): Attempts => ({
  add: async (key, now, window) => {
    const [row] = await session.query<{ count: number; until: string }>(
      `insert into web.attempt as before (key, count, ends_at) values ($1, 1, $2::timestamptz + $3 * interval '1 ms')
       on conflict (key) do update set
         count = case when before.ends_at <= $2 then 1 else before.count + 1 end,
         ends_at = case when before.ends_at <= $2 then excluded.ends_at else before.ends_at end
       returning count, ends_at as until`,
      [key, now, window],
    );
    return row!;
  },
  forgive: async (key) => {
    await session.query('update web.attempt set count = greatest(count - 1, 0) where key = $1', [key]);
  },
});
