import { boolean, text, url } from '@almanac/config';
import { z } from 'zod';
import type { SigningKeys } from './credentials/signing-keys';
import type { OidcConfig } from './oidc/identity-provider';

/** How people sign in, from the environment. */
export const signInSettings = z
  .object({
    ALMANAC_SIGN_UP: boolean().default(true).describe('whether anyone may create an account'),
    ALMANAC_OIDC_ISSUER: url().optional().describe('the issuer of an OpenID Connect sign-in'),
    ALMANAC_OIDC_CLIENT_ID: text().optional().describe('what the issuer knows Almanac as'),
    ALMANAC_OIDC_CLIENT_SECRET: text().optional().describe('none for a public client'),
    ALMANAC_OIDC_NAME: text().default('OpenID Connect').describe('what people know the issuer as'),
  })
  .refine(
    (settings) =>
      (settings.ALMANAC_OIDC_ISSUER === undefined) === (settings.ALMANAC_OIDC_CLIENT_ID === undefined),
    'ALMANAC_OIDC_ISSUER and ALMANAC_OIDC_CLIENT_ID go together',
  );

export interface SignInConfig {
  /** Whether anyone may create an account. */
  readonly signUp: boolean;
  /** Another place to sign in. */
  readonly oidc: OidcConfig | undefined;
}

export function signInOf(settings: Readonly<z.output<typeof signInSettings>>): SignInConfig {
  const { ALMANAC_OIDC_ISSUER: issuer, ALMANAC_OIDC_CLIENT_ID: clientId } = settings;
  return {
    signUp: settings.ALMANAC_SIGN_UP,
    oidc:
      issuer === undefined || clientId === undefined
        ? undefined
        : {
            issuer,
            clientId,
            clientSecret: settings.ALMANAC_OIDC_CLIENT_SECRET,
            name: settings.ALMANAC_OIDC_NAME,
          },
  };
}

const PrivateKey = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), d: z.string() });

/** A JWK Set as JSON. What is wrong with it is told without any of it. */
const signingKeys = z.string().transform((json, context): SigningKeys => {
  try {
    return z.object({ keys: z.tuple([PrivateKey], PrivateKey) }).parse(JSON.parse(json));
  } catch {
    context.addIssue('must be a JWK Set with at least one private key that has kty, kid, alg and d');
    return z.NEVER;
  }
});

/** What the process of this service is told besides. */
export const webSettings = signInSettings.safeExtend({
  ALMANAC_SIGNING_KEYS: signingKeys.describe('the private keys that tokens are signed with, as a JWK Set'),
  ALMANAC_PAGE: text().optional().describe('the folder of the built page; none to serve the API alone'),
  ALMANAC_DEMO_ACCOUNTS: boolean().default(false).describe('accounts whose passwords everybody knows'),
});
