import type { KeySet } from '@almanac/contracts';
import { newId, userScopes } from '@almanac/kernel';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import type { TokenIssuer } from '../ports';

/** ECDSA on P-256: asymmetric, small, and known to every gateway and cloud that may check our tokens. */
const algorithm = 'ES256';

/** Seconds. Short, as an access token can't be taken back. */
const lifetime = 600;

interface SigningKey extends JWK {
  readonly kty: string;
  readonly kid: string;
  readonly alg: string;
}

/**
 * Private keys as a JWK Set. The first one signs; all are published. To change keys, put the new one
 * first, and take the old one away after the 10 minutes that its last token is good for.
 */
export interface SigningKeys {
  readonly keys: readonly [SigningKey, ...SigningKey[]];
}

/** New keys; for a machine that keeps its own. */
export async function generateSigningKeys(): Promise<SigningKeys> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    keys: [{ ...jwk, kty: 'EC', kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' }],
  };
}

/** What may be told of the keys: for the JWKS, and for a verifier in the same process. */
export const publicKeysOf = ({ keys }: SigningKeys): KeySet => ({
  keys: keys.map(({ kty, kid, alg, crv, x, y, n, e }) => ({
    ...{ kty, kid, alg, use: 'sig' },
    // Of an elliptic curve, or RSA's; a member that isn't named here is never told.
    ...(n === undefined ? { crv, x, ...(y !== undefined && { y }) } : { n, e }),
  })),
});

/** Access tokens as JWT. They say who it is and what the token allows; nothing that is private. */
export function createTokenIssuer(
  { keys: [key] }: SigningKeys,
  { issuer, audience }: { issuer: string; audience: string },
): TokenIssuer {
  return {
    issue: async ({ id, role }, now) => {
      const issuedAt = Math.floor(Date.parse(now) / 1000);
      const accessToken = await new SignJWT({ scope: userScopes.join(' '), role })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetime)
        .setJti(newId())
        .sign(key);
      return { accessToken, tokenType: 'Bearer', expiresIn: lifetime };
    },
  };
}
