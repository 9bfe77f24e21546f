import type { AccessToken } from '@almanac/contracts';
import type { Deps } from '../ports';
import { checkCredentials, type CredentialsFrom } from './check-credentials';
import { openSession, signedInAs, type SignedInSession } from './session';

/** Begins a session. @throws AppError `wrong_credentials`, `too_many_requests`, `unavailable` */
export async function signIn(deps: Deps, credentials: CredentialsFrom): Promise<SignedInSession> {
  const [account, token] = await checkCredentials(deps, credentials, async (unit, found) => [
    found,
    await openSession(unit, found.id, deps.clock.now()),
  ]);
  return signedInAs(deps, account, token);
}

/** An access token without a session. @throws AppError `wrong_credentials`, `too_many_requests`, `unavailable` */
export async function issueToken(deps: Deps, credentials: CredentialsFrom): Promise<AccessToken> {
  const account = await checkCredentials(deps, credentials, (_, found) => Promise.resolve(found));
  return deps.tokens.issue(account, deps.clock.now());
}
