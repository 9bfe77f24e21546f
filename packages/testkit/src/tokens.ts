import { userScopes, type Actor } from '@almanac/kernel';
import { createTokenVerifier, type TokenVerifier } from '@almanac/service-kit';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';

/** How a token differs from a good one. */
export interface TokenOverrides {
  /** Claims instead of the usual ones; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `stranger`: by a key that nobody knows, under our key's id. `none` and `HS256`: what RFC 8725 warns of. */
  readonly signed?: 'properly' | 'by a stranger' | 'none' | 'HS256';
}

export interface TestTokens {
  readonly issuer: string;
  readonly audience: string;
  readonly verifyToken: TokenVerifier;
  /** An access token of this user: good for an hour and for everything, unless told otherwise. */
  tokenFor(user: Pick<Actor, 'id'> & Partial<Actor>, overrides?: TokenOverrides): Promise<string>;
}

/** An issuer of access tokens with a key of its own, and the verifier that trusts it. */
export async function createTestTokens(): Promise<TestTokens> {
  const issuer = 'https://issuer.test';
  const audience = 'almanac';
  const header = { alg: 'EdDSA', kid: 'test' };
  const ours = await generateKeyPair(header.alg);
  const publicKey = await exportJWK(ours.publicKey);
  const strangers = await generateKeyPair(header.alg);

  return {
    issuer,
    audience,
    verifyToken: createTokenVerifier({
      issuer,
      audience,
      keys: createLocalJWKSet({ keys: [{ ...publicKey, ...header }] }),
    }),
    tokenFor: async ({ id, role = 'user', scopes = userScopes }, { claims, signed = 'properly' } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload: JWTPayload = {
        iss: issuer,
        aud: audience,
        sub: id,
        scope: scopes.join(' '),
        role,
        iat: now,
        exp: now + 3_600,
        ...claims,
      };
      if (signed === 'none') return new UnsecuredJWT(payload).encode();
      const token = new SignJWT(payload);
      return signed === 'HS256'
        ? token
            .setProtectedHeader({ ...header, alg: 'HS256' })
            .sign(new TextEncoder().encode(JSON.stringify(publicKey))) // the public key as a shared secret
        : token
            .setProtectedHeader(header)
            .sign(signed === 'properly' ? ours.privateKey : strangers.privateKey);
    },
  };
}
