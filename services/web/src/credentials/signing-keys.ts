import type { KeySet } from '@almanac/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** ECDSA on P-256: asymmetric, small, and known to every gateway and cloud that may check our tokens. */
const algorithm = 'ES256';

interface SigningKey extends JWK {
  readonly kty: string;
  readonly kid: string;
  readonly alg: string;
}

/**
 * Private keys as a JWK Set. The first one signs; all are published. To change keys, add the new one
 * behind the old, and make it the first once every replica publishes it (else another replica may be
 * asked for a key that it doesn't know yet); take the old one away after the 10 minutes that its last
 * token is good for.
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
