import type { Account, SignedIn } from '@almanac/contracts';
import type { Instant } from '@almanac/kernel';
import { beginSession } from '../credentials/session';
import type { Deps, StoredAccount, UnitOfWork } from '../ports';

/** What the page gets, and the token for the session's cookie, which it doesn't. */
export interface SignedInSession {
  readonly signedIn: SignedIn;
  readonly sessionToken: string;
}

export const toAccount = ({ passwordHash: _, ...account }: StoredAccount): Account => account;

/** Begins a session in the transaction that found out whose it is. @returns its token */
export async function openSession(
  { sessions }: UnitOfWork,
  accountId: string,
  now: Instant,
): Promise<string> {
  const { session, token } = beginSession(accountId, now);
  await sessions.insert(session);
  return token;
}

export async function signedInAs(
  { tokens, clock }: Pick<Deps, 'tokens' | 'clock'>,
  stored: StoredAccount,
  sessionToken: string,
): Promise<SignedInSession> {
  const account = toAccount(stored);
  return { signedIn: { ...(await tokens.issue(account, clock.now())), account }, sessionToken };
}
