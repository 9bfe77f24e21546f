import type { Session } from '@almanac/database';
import type { Accounts, StoredAccount } from '../ports';

const columns = 'id, email, name, zone, role, password_hash as "passwordHash", created_at as "createdAt"';

export const accountRepository = (session: Session): Accounts => {
  const one = async (condition: string, value: string): Promise<StoredAccount | null> => {
    const rows = await session.query<StoredAccount>(`select ${columns} from web.account where ${condition}`, [
      value,
    ]);
    return rows[0] ?? null;
  };
  return {
    get: (id) => one('id = $1', id),
    byEmail: (email) => one('email = $1', email),
    insert: async ({ id, email, name, zone, role, passwordHash, createdAt }) => {
      const rows = await session.query(
        `insert into web.account (id, email, name, zone, role, password_hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing returning id`,
        [id, email, name, zone, role, passwordHash, createdAt],
      );
      return rows.length === 1;
    },
    update: async (id, { name, zone, passwordHash }) => {
      await session.query(
        `update web.account set name = coalesce($2, name), zone = coalesce($3, zone),
           password_hash = case when $4 then $5 else password_hash end where id = $1`,
        [id, name ?? null, zone ?? null, passwordHash !== undefined, passwordHash ?? null],
      );
    },
  };
};
