import { boolean, loadConfig, text, url, type Environment } from '@almanac/config';
import type { OidcConfig } from '@almanac/web';
import { z } from 'zod';

export interface HostSettings {
  /** Whether anyone may create an account. */
  readonly signUp: boolean;
  /** Another place to sign in. */
  readonly oidc: OidcConfig | undefined;
}

const schema = z
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

/**
 * What the environment says of how the product runs on this machine.
 *
 * @throws ConfigError naming each variable that is wrong
 */
export function readSettings(env?: Environment): HostSettings {
  const settings = loadConfig(schema, env);
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
