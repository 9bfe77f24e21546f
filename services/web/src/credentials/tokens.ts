import { newId, userScopes } from '@almanac/kernel';
import { SignJWT } from 'jose';
import type { TokenIssuer } from '../ports';
import type { SigningKeys } from './signing-keys';

/** Seconds. Short, as an access token can't be taken back. */
const lifetime = 600;

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
