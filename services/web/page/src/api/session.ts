import type { Account, Credentials, SignedIn, SignInOptions, SignUp } from '@almanac/contracts';
import { signal, type ReadonlySignal } from '@preact/signals';
import { Refused, type Http } from './http';

/**
 * A token is renewed this long before it ends, so that no request and no socket meets its end; one
 * that lives for minutes only, when three quarters of its life are over. Milliseconds.
 */
const MARGIN = 60_000;

export interface Session {
  /** Who is signed in; null when nobody is, undefined while that isn't known yet. */
  readonly account: ReadonlySignal<Account | null | undefined>;
  /** Takes up the session of the cookie, if there is one. @throws Unreachable */
  readonly resume: () => Promise<void>;
  readonly signIn: (credentials: Credentials) => Promise<void>;
  readonly signUp: (account: SignUp) => Promise<void>;
  readonly signOut: () => Promise<void>;
  readonly options: () => Promise<SignInOptions>;
  readonly update: (change: { name?: string; zone?: string }) => Promise<void>;
  /** A token that is good for another while; null when the session has ended. */
  readonly token: () => Promise<string | null>;
  /** A new token in any case. */
  readonly renew: () => Promise<string | null>;
  /** Calls back with each new token. */
  readonly onToken: (listener: (token: string) => void) => void;
  /** A request in the name of the account. A token that is refused is renewed once. */
  readonly http: Http;
}

/**
 * The session of this page. The access token lives in memory only; what outlives a reload is a
 * cookie that scripts can't read, which buys new tokens.
 */
export function createSession(http: Http, now: () => number): Session {
  const account = signal<Account | null | undefined>(undefined);
  const listeners: ((token: string) => void)[] = [];
  let token: { value: string; goodUntil: number } | null = null;
  let renewing: Promise<string | null> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const begin = (signedIn: SignedIn): string => {
    const { accessToken, expiresIn } = signedIn;
    const lifetime = expiresIn * 1000;
    const margin = Math.min(MARGIN, lifetime / 4);
    token = { value: accessToken, goodUntil: now() + lifetime - margin / 2 };
    account.value = signedIn.account;
    clearTimeout(timer);
    timer = setTimeout(() => void renew().catch(() => undefined), lifetime - margin);
    for (const listener of listeners) listener(accessToken);
    return accessToken;
  };
  const end = (): null => {
    token = null;
    account.value = null;
    clearTimeout(timer);
    return null;
  };

  const renew = (): Promise<string | null> =>
    (renewing ??= http<SignedIn>('/auth/refresh', { method: 'POST' })
      .then(begin, (error: unknown) => {
        if (error instanceof Refused && error.problem.status === 401) return end();
        throw error;
      })
      .finally(() => (renewing = null)));

  const current = (): Promise<string | null> =>
    token && now() < token.goodUntil ? Promise.resolve(token.value) : renew();

  const asAccount: Http = async (path, request = {}) => {
    const send = (bearer: string | null) =>
      http<never>(path, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${bearer ?? ''}` },
      });
    try {
      return await send(await current());
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.status !== 401 || account.value === null) throw error;
      const renewed = await renew();
      if (renewed === null) throw error;
      return send(renewed);
    }
  };

  return {
    account,
    resume: async () => {
      await renew();
    },
    signIn: async (body) => void begin(await http('/auth/sign-in', { method: 'POST', body })),
    signUp: async (body) => void begin(await http('/auth/sign-up', { method: 'POST', body })),
    signOut: async () => {
      await http('/auth/sign-out', { method: 'POST' });
      end();
    },
    options: () => http('/auth/options'),
    update: async (body) => {
      account.value = await asAccount<Account>('/account', { method: 'PATCH', body });
    },
    token: current,
    renew,
    onToken: (listener) => listeners.push(listener),
    http: asAccount,
  };
}
