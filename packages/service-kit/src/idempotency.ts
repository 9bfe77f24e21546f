import { createHash } from 'node:crypto';
import { grantUnderPolicies, type Session, type Transaction } from '@almanac/database';
import { AppError } from '@almanac/kernel';

/** A request's `Idempotency-Key`, and a fingerprint of what it asks for. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly fingerprint: string;
}

export const fingerprintOf = (operation: string, input: unknown): string =>
  createHash('sha256')
    .update(`${operation} ${JSON.stringify(input)}`)
    .digest('base64url');

/** The keys of one user, in the transaction of the effect that each stands for. */
export interface IdempotencyKeys {
  /** Notes the key with its result; false when the key is there already. Waits for a transaction that is just noting it. */
  store(claim: IdempotencyClaim, result: unknown): Promise<boolean>;
  find(key: string): Promise<{ fingerprint: string; result: unknown } | null>;
}

export const idempotencyKeysOf = (session: Session, schema: string): IdempotencyKeys => ({
  store: async ({ key, fingerprint }, result) =>
    (
      await session.query(
        `insert into ${schema}.idempotency_key (user_id, key, fingerprint, result) values ($1, $2, $3, $4)
       on conflict do nothing returning 1`,
        [session.userId, key, fingerprint, JSON.stringify(result)],
      )
    ).length === 1,
  find: async (key) =>
    (
      await session.query<{ fingerprint: string; result: unknown }>(
        `select fingerprint, result from ${schema}.idempotency_key where user_id = $1 and key = $2`,
        [session.userId, key],
      )
    )[0] ?? null,
});

/** The SQL of a service's keys, for its first migration; a sweep drops them after a day. */
export const idempotencyKeyTable = (schema: string, role: string): string => `
  create table ${schema}.idempotency_key (
    user_id uuid not null, key text not null, fingerprint text not null, result json not null,
    at timestamptz not null default now(), primary key (user_id, key));
  create index on ${schema}.idempotency_key (at);
  ${grantUnderPolicies(`${schema}.idempotency_key`, role, { owner: 'user_id', ownerMay: ['select', 'insert'], others: { sweep: ['select', 'delete'] } })}`;

/** Rolls the second effect back; the first one's result is then given again. */
class AlreadyDone extends Error {}

/**
 * Makes a transaction happen once per key: the effect and the key commit together or not at all.
 *
 * Optimistic: the first request, which is nearly every one, pays one insert; a repetition does its
 * work in vain, is rolled back, and gets the stored result.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 *
 * @throws AppError `idempotency_key_reused` when the key came with another request before
 */
export const idempotently =
  <UnitOfWork extends { readonly idempotency: IdempotencyKeys }>(
    transaction: Transaction<UnitOfWork>,
    claim: IdempotencyClaim,
  ): Transaction<UnitOfWork> =>
  async (actor, work) => {
    type Result = Awaited<ReturnType<typeof work>>;
    try {
      return await transaction(actor, async (unitOfWork) => {
        const result = await work(unitOfWork);
        if (!(await unitOfWork.idempotency.store(claim, result))) throw new AlreadyDone();
        return result;
      });
    } catch (error) {
      if (!(error instanceof AlreadyDone)) throw error;
      const earlier = await transaction(actor, ({ idempotency }) => idempotency.find(claim.key));
      if (earlier?.fingerprint !== claim.fingerprint)
        throw new AppError('idempotency_key_reused', 'Use a new Idempotency-Key for a new request.');
      return earlier.result as Result;
    }
  };
