import { createTokenVerifier, tokenAudience } from '@almanac/service-kit';
import { runService } from '@almanac/service-process';
import { createLocalJWKSet } from 'jose';
import { createWeb } from './app';
import { publicKeysOf } from './credentials/signing-keys';
import { demoAccount, operatorAccount } from './demo-accounts';
import { webSchema } from './persistence/schema';
import { signInOf, webSettings } from './settings';

void runService({
  name: 'web',
  schema: webSchema,
  poolSize: 5,
  settings: webSettings,
  bus: 'none',
  create: (config, ports, settings) => {
    const { ALMANAC_SIGNING_KEYS: signingKeys, ALMANAC_PAGE: page } = settings;
    const { signUp, oidc } = signInOf(settings);
    return createWeb(
      {
        ...config,
        ...{ signingKeys, signUp },
        audience: tokenAudience,
        accounts: settings.ALMANAC_DEMO_ACCOUNTS ? [demoAccount, operatorAccount] : [],
        ...(oidc && { oidc }),
        ...(page !== undefined && { page }),
      },
      {
        ...ports,
        // It is the issuer: it needn't ask itself for the keys.
        verifyToken: createTokenVerifier({
          issuer: new URL(config.publicUrl).origin,
          audience: tokenAudience,
          keys: createLocalJWKSet({ keys: [...publicKeysOf(signingKeys).keys] }),
        }),
      },
    );
  },
});
