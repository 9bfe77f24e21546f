import { pathOf, accountApi } from '@almanac/contracts';
import { AppError, notFound } from '@almanac/kernel';
import type { Exchange, Handlers, Logger } from '@almanac/service-kit';
import type { Deps, IdentityProvider } from '../ports';
import { getAccount, updateAccount } from '../use-cases/account';
import { refreshSession } from '../use-cases/refresh-session';
import type { SignedInSession } from '../use-cases/session';
import { signIn, issueToken } from '../use-cases/sign-in';
import { signInElsewhere } from '../use-cases/sign-in-elsewhere';
import { signOut } from '../use-cases/sign-out';
import { signUp } from '../use-cases/sign-up';
import type { Cookies } from './cookies';
import { requireOwnOrigin } from './own-origin';

/** What the use-cases need, and what HTTP adds. */
export interface HttpDeps extends Deps {
  readonly publicUrl: URL;
  readonly cookies: Cookies;
  readonly identityProvider: IdentityProvider | null;
  readonly logger: Logger;
}

/** Sign-in is about cookies and origins as much as about accounts; here the two meet. */
export const accountHandlers: Handlers<HttpDeps, (typeof accountApi)['operations']> = {
  signInOptions: ({ signUpOpen, identityProvider }) =>
    Promise.resolve({
      signUp: signUpOpen,
      oidc: identityProvider && {
        name: identityProvider.name,
        url: pathOf(accountApi, accountApi.operations.startElsewhere),
      },
    }),

  signUp: async (deps, _, input, exchange) => {
    requireOwnOrigin(exchange, deps.publicUrl);
    return keep(deps, exchange, await signUp(deps, { ...input, address: exchange.ip }));
  },

  signIn: async (deps, _, input, exchange) => {
    requireOwnOrigin(exchange, deps.publicUrl);
    return keep(deps, exchange, await signIn(deps, { ...input, address: exchange.ip }));
  },

  refresh: async (deps, _actor, _input, exchange) => {
    requireOwnOrigin(exchange, deps.publicUrl);
    const token = deps.cookies.sessionToken(exchange);
    try {
      return keep(deps, exchange, await refreshSession(deps, { token }));
    } catch (error) {
      if (token !== '' && error instanceof AppError && error.code === 'unauthenticated')
        deps.cookies.clearSession(exchange);
      throw error;
    }
  },

  signOut: async (deps, _actor, _input, exchange) => {
    requireOwnOrigin(exchange, deps.publicUrl);
    await signOut(deps, { token: deps.cookies.sessionToken(exchange) });
    deps.cookies.clearSession(exchange);
  },

  issueToken: (deps, _, input, { ip }) => issueToken(deps, { ...input, address: ip }),

  startElsewhere: async ({ identityProvider, cookies }, _, { to }, exchange) => {
    const { url, departure } = await configured(identityProvider).depart(to);
    cookies.setDeparture(exchange, departure);
    return url;
  },

  finishElsewhere: async (deps, _, answer, exchange) => {
    const { cookies, identityProvider, logger } = deps;
    const provider = configured(identityProvider);
    const departure = cookies.departure(exchange);
    cookies.clearDeparture(exchange);
    try {
      if (departure === null)
        throw new AppError('wrong_credentials', 'The sign-in began in another browser, or too long ago.');
      const identity = await provider.arrive(answer, departure);
      cookies.setSession(exchange, await signInElsewhere(deps, identity));
      return departure.to;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      logger.warn({ error }, 'a sign-in elsewhere failed');
      return `/?problem=${error.code}`; // a person is at the other end: the page says it in their words
    }
  },

  getAccount,
  updateAccount,
};

function keep({ cookies }: HttpDeps, exchange: Exchange, { signedIn, sessionToken }: SignedInSession) {
  cookies.setSession(exchange, sessionToken);
  return signedIn;
}

function configured(provider: IdentityProvider | null): IdentityProvider {
  if (provider === null) throw notFound('issuer');
  return provider;
}
