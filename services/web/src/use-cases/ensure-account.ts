import { newId } from '@almanac/kernel';
import type { Deps, StoredAccount } from '../ports';

export interface WantedAccount extends Pick<StoredAccount, 'email' | 'name'> {
  readonly password: string;
  readonly zone?: string;
  readonly role?: StoredAccount['role'];
}

/** Creates an account that isn't there; one with that e-mail stays as it is, with the password that it has. */
export async function ensureAccount(
  { signingIn, passwords, clock }: Pick<Deps, 'signingIn' | 'passwords' | 'clock'>,
  { email, name, password, zone = 'UTC', role = 'user' }: WantedAccount,
): Promise<'created' | 'there already'> {
  const lower = email.toLowerCase();
  if (await signingIn(({ accounts }) => accounts.byEmail(lower))) return 'there already';
  const passwordHash = await passwords.hash(password);
  const account = { id: newId(), email: lower, name, zone, role, createdAt: clock.now(), passwordHash };
  return (await signingIn(({ accounts }) => accounts.insert(account))) ? 'created' : 'there already';
}
