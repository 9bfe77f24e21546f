import { AppError, newId } from '@almanac/kernel';
import type { Deps, Identity, StoredAccount, UnitOfWork } from '../ports';
import { openSession } from './session';

/**
 * Begins a session for who has signed in at the issuer: the account that is linked to this identity,
 * else the one with its verified e-mail, else a new one.
 *
 * @returns the session's token
 * @throws AppError `wrong_credentials` when the issuer vouches for no e-mail and nothing is linked
 */
export async function signInElsewhere(
  { signingIn, clock, suspect }: Deps,
  identity: Identity,
): Promise<string> {
  return signingIn(async (unit) => {
    const accountId =
      (await unit.identities.accountOf(identity.issuer, identity.subject)) ??
      (await link(unit, identity, clock.now(), suspect));
    return openSession(unit, accountId, clock.now());
  });
}

async function link(
  unit: UnitOfWork,
  identity: Identity,
  now: string,
  suspect: Deps['suspect'],
): Promise<string> {
  const { verifiedEmail, issuer, subject } = identity;
  if (verifiedEmail === null)
    throw new AppError('wrong_credentials', 'The issuer did not say that your e-mail is verified.');
  const known = await unit.accounts.byEmail(verifiedEmail);
  if (known?.passwordHash != null) {
    await takeOver(unit, known);
    suspect('an account with a password was taken over by the verified owner of its e-mail', known.id);
  }
  const account = known ?? newAccount(identity, verifiedEmail, now);
  if (known === null && !(await unit.accounts.insert(account)))
    throw new AppError('conflict', 'The account was created just now; sign in again.');
  await unit.identities.insert(issuer, subject, account.id);
  return account.id;
}

/**
 * We never verified the e-mail of an account with a password: somebody may have signed up with
 * another's, to get in once they come. So the password and the sessions of before end when its
 * verified owner arrives (Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022).
 */
async function takeOver({ accounts, sessions }: UnitOfWork, { id }: StoredAccount): Promise<void> {
  await accounts.update(id, { passwordHash: null });
  await sessions.deleteOf(id);
}

const newAccount = ({ name, zone }: Identity, email: string, now: string): StoredAccount => ({
  id: newId(),
  email,
  name: name ?? email.slice(0, email.indexOf('@')),
  zone: zone ?? 'UTC',
  role: 'user',
  createdAt: now,
  passwordHash: null,
});
