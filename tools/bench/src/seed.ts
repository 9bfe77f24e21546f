import type { Client } from 'pg';

/** Tasks per user: what a heavy user has after years. */
export const perUser = 50_000;

export const userId = (index: number): string => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;

/**
 * Fills the task table straight, as the superuser. Titles have five words out of 10,000, so that a word
 * is in about 25 of a user's 50,000 tasks, and one ("report") in every tenth.
 */
export async function seed(admin: Client, total: number, onProgress: (done: number) => void): Promise<void> {
  for (let done = 0, user = 1; done < total; user++) {
    const count = Math.min(perUser, total - done);
    await admin.query(
      `insert into task_api.task (id, user_id, title, description, status, priority, tags, due_local, due_zone, due_at,
         created_at, updated_at, completed_at, version)
       select uuidv7(make_interval(secs => n - $2::int)), $1,
         concat_ws(' ', 'word' || (n * 7919::bigint) % 10007, 'word' || (n * 104729::bigint) % 10009, 'word' || (n * 1299709::bigint) % 9973,
           'word' || (n * 15485863::bigint) % 9967, case when n % 10 = 0 then 'report' else 'word' || n % 9949 end),
         '', case when n % 3 = 0 then 'completed' else 'open' end, 1 + n % 3, array['tag' || n % 50],
         case when n % 2 = 0 then to_char(now() + make_interval(mins => n), 'YYYY-MM-DD"T"HH24:MI') end,
         case when n % 2 = 0 then 'UTC' end,
         case when n % 2 = 0 then date_trunc('minute', now() + make_interval(mins => n)) end,
         date_trunc('milliseconds', now() + make_interval(secs => n - $2::int)), now(),
         case when n % 3 = 0 then now() end, 1
       from generate_series(1, $2::int) n`,
      [userId(user), count],
    );
    done += count;
    onProgress(done);
  }
  await admin.query('vacuum analyze task_api.task');
}
