import type { Change } from '@almanac/contracts';
import type { Session } from '@almanac/database';
import type { Feeds } from '../ports';

/** The row of `feed_head` is locked from its growth to the commit, so a feed's positions appear in order. */
export const feedRepository = (session: Session): Feeds => ({
  append: async (userId, change) => {
    await session.query(
      `with head as (
         insert into realtime.feed_head (user_id, head) values ($1, 1)
         on conflict (user_id) do update set head = feed_head.head + 1 returning head)
       insert into realtime.feed (user_id, position, change) select $1, head, $2::json from head`,
      [userId, JSON.stringify(change)],
    );
  },
  head: async (userId) =>
    (
      await session.query<{ head: number }>('select head from realtime.feed_head where user_id = $1', [
        userId,
      ])
    )[0]?.head ?? 0,
  keeps: async (userId, position) => {
    const rows = await session.query<{ kept: boolean }>(
      `select head = $2 or head > $2 and exists (select from realtime.feed where user_id = $1 and position = $2 + 1) as kept
       from realtime.feed_head where user_id = $1`,
      [userId, position],
    );
    return rows[0]?.kept ?? position === 0;
  },
  after: async (userId, { position, changes, bytes }) => {
    const rows = await session.query<{ position: number; change: Change; head: number }>(
      `select position, change, (select head from realtime.feed_head where user_id = $1) as head
       from (select position, change, sum(bytes) over (order by position) - bytes as before
             from realtime.feed where user_id = $1 and position > $2 order by position limit $3) missed
       where before < $4 order by position`,
      [userId, position, changes, bytes],
    );
    const last = rows.at(-1);
    return {
      position: last?.position ?? position,
      changes: rows.map(({ change }) => change),
      more: last !== undefined && last.position < last.head,
    };
  },
  heads: async (userIds) => {
    const rows = await session.query<{ user_id: string; head: number }>(
      'select user_id, head from realtime.feed_head where user_id = any($1)',
      [userIds],
    );
    return new Map(rows.map(({ user_id, head }) => [user_id, head]));
  },
  removeBefore: async (at) => {
    await session.query('delete from realtime.feed where at < $1', [at]);
    await session.query('delete from realtime.inbox where at < $1', [at]);
  },
});
