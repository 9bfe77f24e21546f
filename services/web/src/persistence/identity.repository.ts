import type { Session } from '@almanac/database';
import type { Identities } from '../ports';

export const identityRepository = (session: Session): Identities => ({
  accountOf: async (issuer, subject) => {
    const rows = await session.query<{ accountId: string }>(
      `select account_id as "accountId" from web.identity where issuer = $1 and subject = $2`,
      [issuer, subject],
    );
    return rows[0]?.accountId ?? null;
  },
  insert: async (issuer, subject, accountId) => {
    await session.query(
      'insert into web.identity (issuer, subject, account_id) values ($1, $2, $3) on conflict do nothing',
      [issuer, subject, accountId],
    );
  },
});
