import { AppError } from '@almanac/kernel';
import { parseSessionToken, renewSession } from '../credentials/session';
import type { Deps } from '../ports';
import { signedInAs, type SignedInSession } from './session';

/**
 * A new access token, and the session's next token.
 *
 * @throws AppError `unauthenticated` when there is no such session, it was not used for 30 days, or
 *   an old token was used, which ends it
 */
export async function refreshSession(deps: Deps, { token }: { token: string }): Promise<SignedInSession> {
  const { clock, signingIn, suspect } = deps;
  const claimed = parseSessionToken(token);
  if (claimed === null) throw ended();
  const renewed = await signingIn(async ({ sessions, accounts }) => {
    const session = await sessions.lock(claimed.id);
    if (session === null) return null;
    const renewal = renewSession(session, claimed.secret, clock.now());
    if (renewal.outcome !== 'renewed') {
      if (renewal.outcome === 'reused') suspect('an old session token was used', session.accountId);
      await sessions.delete(session.id); // to be committed, so the refusal is thrown below
      return null;
    }
    if (renewal.session !== session) await sessions.update(renewal.session);
    const account = await accounts.get(session.accountId);
    return account && { account, token: renewal.token };
  });
  if (renewed === null) throw ended();
  return signedInAs(deps, renewed.account, renewed.token);
}

const ended = (): AppError => new AppError('unauthenticated', 'There is no session, or it has ended.');
