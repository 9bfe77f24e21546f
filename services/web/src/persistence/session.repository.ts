import type { Session as DatabaseSession } from '@almanac/database';
import type { Session } from '../credentials/session';
import type { Sessions } from '../ports';

const columns = `id, account_id as "accountId", current_hash as "currentHash", previous_hash as "previousHash", seed,
  created_at as "createdAt", rotated_at as "rotatedAt", expires_at as "expiresAt"`;

export const sessionRepository = (database: DatabaseSession): Sessions => ({
  lock: async (id) => {
    const rows = await database.query<Session>(
      `select ${columns} from web.session where id = $1 for update`,
      [id],
    );
    return rows[0] ?? null;
  },
  insert: async ({ id, accountId, currentHash, previousHash, seed, createdAt, rotatedAt, expiresAt }) => {
    await database.query(
      `insert into web.session (id, account_id, current_hash, previous_hash, seed, created_at, rotated_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, accountId, currentHash, previousHash, seed, createdAt, rotatedAt, expiresAt],
    );
  },
  update: async ({ id, currentHash, previousHash, rotatedAt, expiresAt }) => {
    await database.query(
      `update web.session set current_hash = $2, previous_hash = $3, rotated_at = $4, expires_at = $5 where id = $1`,
      [id, currentHash, previousHash, rotatedAt, expiresAt],
    );
  },
  delete: async (id) => {
    await database.query('delete from web.session where id = $1', [id]);
  },
  deleteOf: async (accountId) => {
    await database.query('delete from web.session where account_id = $1', [accountId]);
  },
});
