import { accountApi, documentsApi, keysApi, pathOf } from '@almanac/contracts';
import { createDataSource, type DatabaseConfig } from '@almanac/database';
import { systemClock } from '@almanac/kernel';
import {
  bind,
  createApp,
  databaseReadiness,
  type Middleware,
  type Service,
  type ServicePorts,
} from '@almanac/service-kit';
import { createPasswords, type PasswordOptions } from './credentials/passwords';
import { publicKeysOf, type SigningKeys } from './credentials/signing-keys';
import { createTokenIssuer } from './credentials/tokens';
import { accountHandlers } from './http/account.handlers';
import { createCookies } from './http/cookies';
import { documentsHandlers, keysHandlers } from './http/documents.handlers';
import { servePage } from './http/page';
import { createIdentityProvider, type OidcConfig } from './oidc/identity-provider';
import { webSchema } from './persistence/schema';
import { createPersistence } from './persistence/unit-of-work';
import type { AttemptLimits } from './ports';
import { ensureAccount, type WantedAccount } from './use-cases/ensure-account';
import { purge } from './use-cases/purge';

export interface WebConfig {
  readonly database: DatabaseConfig;
  /** Where browsers find Almanac, e.g. `https://almanac.example`; its origin is also the issuer of tokens. */
  readonly publicUrl: string;
  /** `aud` of the tokens. */
  readonly audience: string;
  readonly signingKeys: SigningKeys;
  /** Whether anyone may create an account; yes unless said. */
  readonly signUp?: boolean;
  /** Another place to sign in. */
  readonly oidc?: OidcConfig;
  /** The folder of the built page; none to serve the API alone. */
  readonly page?: string;
  readonly passwords?: PasswordOptions;
  readonly limits?: Partial<AttemptLimits>;
  readonly requestsPerMinute?: number;
  readonly trustedProxies?: number;
  /** Accounts that are there from the start. */
  readonly accounts?: readonly WantedAccount[];
}

const usualLimits: AttemptLimits = {
  window: 15 * 60_000,
  perEmailAndAddress: 10,
  perAddress: 100, // an office behind one address has people who mistype too
  signUpsPerAddress: 30,
};

/** Accounts, sign-in and tokens; the page; and the documents of the APIs. */
export function createWeb(config: WebConfig, ports: Omit<ServicePorts, 'bus'>): Service {
  const { scheduler, verifyToken, clock, logger, metrics } = ports;
  const publicUrl = new URL(config.publicUrl);
  const issuer = publicUrl.origin;
  const dataSource = createDataSource(config.database, webSchema.name);
  const { transaction, signingIn, housekeeping } = createPersistence(dataSource);
  const callback = new URL(pathOf(accountApi, accountApi.operations.finishElsewhere), publicUrl);
  const passwords = createPasswords(config.passwords);
  let page: Middleware = (_, next) => next();

  const operations = [
    ...bind(accountApi, accountHandlers, {
      transaction,
      signingIn,
      clock,
      passwords,
      tokens: createTokenIssuer(config.signingKeys, { issuer, audience: config.audience }),
      limits: { ...usualLimits, ...config.limits },
      signUpOpen: config.signUp ?? true,
      suspect: (what, accountId) => logger.warn({ user_id: accountId }, what),
      publicUrl,
      cookies: createCookies(publicUrl.protocol === 'https:'),
      identityProvider: config.oidc ? createIdentityProvider(config.oidc, callback) : null,
      logger,
    }),
    ...bind(keysApi, keysHandlers, { issuer, publicKeys: publicKeysOf(config.signingKeys) }),
    ...bind(documentsApi, documentsHandlers, {}),
  ];
  scheduler.every('web-purge', { cron: '37 3 * * *', zone: 'UTC' }, () => purge({ housekeeping, clock }));

  const documents = Object.values(documentsApi.operations).map((operation) =>
    pathOf(documentsApi, operation),
  );
  return {
    name: 'web',
    paths: [
      '/',
      keysApi.prefix,
      ...['auth', 'account'].map((part) => `${accountApi.prefix}/${part}`),
      ...documents,
    ],
    handle: createApp({
      name: 'web',
      logger,
      metrics,
      verifyToken,
      operations,
      otherwise: async (ctx, next) => {
        await page(ctx, next);
      },
      ...(config.requestsPerMinute !== undefined && { requestsPerMinute: config.requestsPerMinute }),
      ...(config.trustedProxies !== undefined && { trustedProxies: config.trustedProxies }),
    }),
    readiness: { database: databaseReadiness(dataSource, webSchema) },
    start: async () => {
      if (config.page !== undefined) page = await servePage(config.page, publicUrl);
      await dataSource.initialize();
      for (const account of config.accounts ?? [])
        await ensureAccount({ signingIn, passwords, clock }, account);
    },
    stop: async () => {
      await dataSource.destroy();
    },
  };
}

export type DemoAccount = WantedAccount;

/** Creates an account that a host wants to be there, in a schema that is migrated; see {@link ensureAccount}. */
export async function ensureDemoAccount(
  database: DatabaseConfig,
  account: DemoAccount,
): Promise<'created' | 'there already'> {
  const dataSource = await createDataSource({ ...database, poolSize: 1 }, webSchema.name).initialize();
  try {
    const { signingIn } = createPersistence(dataSource);
    return await ensureAccount({ signingIn, passwords: createPasswords(), clock: systemClock }, account);
  } finally {
    await dataSource.destroy();
  }
}
