import { Credentials, Zone } from '@almanac/contracts';
import { AppError } from '@almanac/kernel';
import * as oidc from 'openid-client';
import type { Identity, IdentityProvider } from '../ports';

export interface OidcConfig {
  /** What people know it as: `Sign in with …`. */
  readonly name: string;
  /** Its identifier, below which `/.well-known/openid-configuration` is. */
  readonly issuer: string;
  readonly clientId: string;
  /** None for a public client. */
  readonly clientSecret?: string | undefined;
}

/** Milliseconds for each request to the issuer; somebody waits at a blank page. */
const timeout = 5_000;

/**
 * Any issuer of OpenID Connect: authorization code with PKCE, state and nonce.
 *
 * It is looked up at the first sign-in, not at the start: an issuer that is away must not keep
 * everybody out who has a password.
 *
 * @param callback where the issuer sends the browser back to; registered there
 * @throws Error when the issuer is neither https nor on this machine
 */
export function createIdentityProvider(config: OidcConfig, callback: URL): IdentityProvider {
  const issuer = new URL(config.issuer);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname);
  if (issuer.protocol !== 'https:' && !isLocal)
    throw new Error(`the OIDC issuer ${config.issuer} must be https: whoever is on the way could be anybody`);

  let known: Promise<oidc.Configuration> | null = null;
  const discover = (): Promise<oidc.Configuration> =>
    (known ??= oidc
      .discovery(issuer, config.clientId, config.clientSecret, authenticationOf(config), {
        timeout: timeout / 1000,
        // The signature of the ID token too, though it comes straight from the issuer.
        execute: [
          oidc.enableNonRepudiationChecks,
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; for this machine only
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        known = null; // the next one asks again
        throw unavailable(config, error);
      }));

  return {
    name: config.name,
    depart: async (to) => {
      const client = await discover();
      const departure = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
        to,
      };
      const url = oidc.buildAuthorizationUrl(client, {
        redirect_uri: callback.href,
        scope: 'openid email profile',
        state: departure.state,
        nonce: departure.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(departure.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, departure };
    },
    arrive: async (answer, { state, nonce, codeVerifier }) => {
      const client = await discover();
      try {
        const tokens = await oidc.authorizationCodeGrant(client, asUrl(callback, answer), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        // Many issuers tell the e-mail at the UserInfo endpoint only (OpenID Connect Core 1.0, 5.4).
        const told =
          claims.email === undefined
            ? await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)
            : claims;
        return identityOf(claims.iss, claims.sub, told);
      } catch (error) {
        throw error instanceof TypeError
          ? unavailable(config, error)
          : new AppError(
              'wrong_credentials',
              `Signing in with ${config.name} was not completed; try again.`,
              {
                cause: error,
              },
            );
      }
    },
  };
}

const authenticationOf = ({ clientSecret }: OidcConfig): oidc.ClientAuth =>
  clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);

const unavailable = ({ name }: OidcConfig, cause: unknown): AppError =>
  new AppError('unavailable', `${name} can’t be reached; try again, or sign in with a password.`, {
    retryAfter: 10,
    cause,
  });

function asUrl(callback: URL, answer: Readonly<Record<string, unknown>>): URL {
  const url = new URL(callback);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, String(value));
  return url;
}

function identityOf(issuer: string, subject: string, claims: Readonly<Record<string, unknown>>): Identity {
  const { email, email_verified: isVerified, name, zoneinfo } = claims;
  return {
    issuer,
    subject,
    verifiedEmail: isVerified === true ? (Credentials.shape.email.safeParse(email).data ?? null) : null,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 100) : null,
    zone: Zone.safeParse(zoneinfo).data ?? null,
  };
}
