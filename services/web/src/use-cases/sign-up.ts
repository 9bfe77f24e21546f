import type { SignUp } from '@almanac/contracts';
import { AppError, newId } from '@almanac/kernel';
import type { Deps } from '../ports';
import { admitSignUp } from './attempts';
import { openSession, signedInAs, type SignedInSession } from './session';

/**
 * Creates an account with a password, and a session for it.
 *
 * @throws AppError `sign_up_closed`, `email_taken`, `too_many_requests`
 */
export async function signUp(
  deps: Deps,
  { email, password, name, zone, address }: SignUp & { address: string },
): Promise<SignedInSession> {
  const { clock, passwords, signingIn, signUpOpen } = deps;
  if (!signUpOpen)
    throw new AppError('sign_up_closed', 'Ask who runs this Almanac for an account, or sign in elsewhere.');
  await admitSignUp(deps, address);
  const passwordHash = await passwords.hash(password);
  const now = clock.now();
  const account = { id: newId(), email, name, zone, role: 'user', createdAt: now, passwordHash } as const;
  const sessionToken = await signingIn(async (unit) => {
    if (!(await unit.accounts.insert(account)))
      throw new AppError('email_taken', 'Sign in with it, or use another e-mail.');
    return openSession(unit, account.id, now);
  });
  return signedInAs(deps, account, sessionToken);
}
