import type { Account, UpdateAccount } from '@almanac/contracts';
import { notFound, type UseCase } from '@almanac/kernel';
import type { Accounts, Deps, StoredAccount } from '../ports';
import { toAccount } from './session';

/** @throws AppError `not_found` when the account was deleted since the token was issued */
export const getAccount: UseCase<Deps, unknown, Account> = ({ transaction }, actor) =>
  transaction(actor, async ({ accounts }) => toAccount(await own(accounts, actor.id)));

/** Changes what is given. @throws AppError `not_found` */
export const updateAccount: UseCase<Deps, UpdateAccount, Account> = ({ transaction }, actor, change) =>
  transaction(actor, async ({ accounts }) => {
    const { name, zone } = await own(accounts, actor.id);
    await accounts.update(actor.id, { name: change.name ?? name, zone: change.zone ?? zone });
    return toAccount(await own(accounts, actor.id));
  });

async function own(accounts: Accounts, id: string): Promise<StoredAccount> {
  const account = await accounts.get(id);
  if (account === null) throw notFound('account');
  return account;
}
