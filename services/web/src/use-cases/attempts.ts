import { createHash } from 'node:crypto';
import { AppError, type Instant } from '@almanac/kernel';
import { networkOf } from '../credentials/network';
import type { Deps, UnitOfWork } from '../ports';

/** Something that is counted, and how often it may be. */
interface Counted {
  readonly key: string;
  readonly limit: number;
}

/** Attempts that were counted in advance, so that a thousand at once are counted as well as one after another. */
export interface Admission {
  /** Takes them back once it turns out that they were no guesses. */
  forgive(unit: UnitOfWork): Promise<void>;
}

/** Which e-mails somebody tried is nobody's business, so a table of them holds hashes. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** @throws AppError `too_many_requests` */
export function admitSignIn(deps: Deps, email: string, address: string): Promise<Admission> {
  const { perAddress, perEmailAndAddress } = deps.limits;
  const network = networkOf(address);
  return admit(deps, [
    { key: `address ${network}`, limit: perAddress },
    { key: `email ${hashOf(`${network} ${email}`)}`, limit: perEmailAndAddress },
  ]);
}

/** @throws AppError `too_many_requests` */
export function admitSignUp(deps: Deps, address: string): Promise<Admission> {
  return admit(deps, [{ key: `sign-up ${networkOf(address)}`, limit: deps.limits.signUpsPerAddress }]);
}

async function admit({ signingIn, clock, limits }: Deps, counted: readonly Counted[]): Promise<Admission> {
  const now = clock.now();
  // A transaction of its own: what follows may fail, and a refused attempt counts too.
  const ends = await signingIn(async ({ attempts }) => {
    const exceeded: Instant[] = [];
    for (const { key, limit } of counted) {
      const { count, until } = await attempts.add(key, now, limits.window);
      if (count > limit) exceeded.push(until);
    }
    return exceeded.sort().at(-1);
  });
  if (ends !== undefined) {
    const retryAfter = Math.max(1, Math.ceil((Date.parse(ends) - Date.parse(now)) / 1000));
    throw new AppError('too_many_requests', `There were too many attempts; try again in ${retryAfter} s.`, {
      retryAfter,
    });
  }
  return {
    forgive: async ({ attempts }) => {
      for (const { key } of counted) await attempts.forgive(key);
    },
  };
}
