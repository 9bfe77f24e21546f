import type { Credentials } from '@almanac/contracts';
import { AppError } from '@almanac/kernel';
import type { Deps, StoredAccount, UnitOfWork } from '../ports';
import { admitSignIn } from './attempts';

export interface CredentialsFrom extends Credentials {
  /** The address of who asks. */
  readonly address: string;
}

/**
 * Finds whose e-mail and password these are, and does something for them in one transaction.
 *
 * For an unknown e-mail a hash is computed too, so that neither the answer nor its time tells who
 * has an account here.
 *
 * @throws AppError `wrong_credentials`, `too_many_requests`, `unavailable`
 */
export async function checkCredentials<Result>(
  deps: Deps,
  { email, password, address }: CredentialsFrom,
  then: (unit: UnitOfWork, account: StoredAccount) => Promise<Result>,
): Promise<Result> {
  const { passwords, signingIn } = deps;
  const admission = await admitSignIn(deps, email, address);
  const account = await signingIn(({ accounts }) => accounts.byEmail(email));
  const verdict = await passwords.verify(password, account?.passwordHash ?? null);
  if (account === null || verdict === 'wrong')
    throw new AppError('wrong_credentials', 'Check both and try again.');
  const passwordHash = verdict === 'outdated' ? await passwords.hash(password) : account.passwordHash;
  return signingIn(async (unit) => {
    await admission.forgive(unit);
    if (passwordHash !== account.passwordHash) await unit.accounts.update(account.id, { passwordHash });
    return then(unit, account);
  });
}
