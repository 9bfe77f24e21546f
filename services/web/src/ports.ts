import type { Account, AccessToken } from '@almanac/contracts';
import type { Transaction } from '@almanac/database';
import type { Clock, Instant } from '@almanac/kernel';
import type { Session } from './credentials/session';

/** An account with what must not leave this service. */
export interface StoredAccount extends Account {
  /** A PHC string; null when it signs in elsewhere only. */
  readonly passwordHash: string | null;
}

/** As a user: one's own account. Before it is known who signs in: all. */
export interface Accounts {
  get(id: string): Promise<StoredAccount | null>;
  /** @param email in lower case, as all are stored */
  byEmail(email: string): Promise<StoredAccount | null>;
  /** False when the e-mail is taken. */
  insert(account: StoredAccount): Promise<boolean>;
  update(id: string, change: Partial<Pick<StoredAccount, 'name' | 'zone' | 'passwordHash'>>): Promise<void>;
}

export interface Sessions {
  /** Locked until the end of the transaction, so that two tabs can't both be the first. */
  lock(id: string): Promise<Session | null>;
  insert(session: Session): Promise<void>;
  update(session: Session): Promise<void>;
  delete(id: string): Promise<void>;
  deleteOf(accountId: string): Promise<void>;
}

/** Who an account is at an issuer. */
export interface Identities {
  accountOf(issuer: string, subject: string): Promise<string | null>;
  insert(issuer: string, subject: string, accountId: string): Promise<void>;
}

/** How often something was tried, by all replicas together. */
export interface Attempts {
  /**
   * Counts one more.
   * @param window milliseconds from the first attempt, after which counting begins anew
   * @returns the count, this one included, and when it begins anew
   */
  add(key: string, now: Instant, window: number): Promise<{ count: number; until: Instant }>;
  /** Takes one back: it was no guess. */
  forgive(key: string): Promise<void>;
}

export interface UnitOfWork {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly identities: Identities;
  readonly attempts: Attempts;
}

export interface Passwords {
  /** @throws AppError `unavailable` when too many wait already */
  hash(password: string): Promise<string>;
  /**
   * `outdated` is right as well, but hashed with less than is asked for today. Takes the same time
   * without a hash as with one.
   *
   * @throws AppError `unavailable` when too many wait already
   */
  verify(password: string, hash: string | null): Promise<'right' | 'outdated' | 'wrong'>;
}

export interface TokenIssuer {
  issue(account: Account, now: Instant): Promise<AccessToken>;
}

/** Someone who has signed in at an issuer. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case; null unless the issuer says that it is verified. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
  readonly zone: string | null;
}

/** What has to come back unchanged from the browser that was sent away. */
export interface Departure {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The path in the page to go to afterwards. */
  readonly to: string;
}

/** Sign-in at an issuer of OpenID Connect. */
export interface IdentityProvider {
  readonly name: string;
  /** @throws AppError `unavailable` when the issuer can't be reached */
  depart(to: string): Promise<{ url: string; departure: Departure }>;
  /**
   * @param answer the query that the browser came back with
   * @throws AppError `wrong_credentials` when the issuer or the answer says no, `unavailable`
   */
  arrive(answer: Readonly<Record<string, unknown>>, departure: Departure): Promise<Identity>;
}

/** How many may be tried in {@link AttemptLimits.window}. */
export interface AttemptLimits {
  /** Milliseconds. */
  readonly window: number;
  /** Wrong passwords for one e-mail from one address. */
  readonly perEmailAndAddress: number;
  /** Wrong passwords from one address. */
  readonly perAddress: number;
  /** New accounts from one address. */
  readonly signUpsPerAddress: number;
}

export interface Deps {
  /** As the user. */
  readonly transaction: Transaction<UnitOfWork>;
  /** Before it is known who. */
  readonly signingIn: <Result>(work: (unitOfWork: UnitOfWork) => Promise<Result>) => Promise<Result>;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly tokens: TokenIssuer;
  readonly limits: AttemptLimits;
  /** Whether anyone may create an account. */
  readonly signUpOpen: boolean;
  /** Tells operators what may be an attack. */
  readonly suspect: (what: string, accountId: string) => void;
}

/** What is removed once it has ended, of all users. */
export interface Housekeeping {
  removeSessions(endedBefore: Instant): Promise<void>;
  removeAttempts(endedBefore: Instant): Promise<void>;
}
