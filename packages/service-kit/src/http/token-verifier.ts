import { AppError, isId, userScopes, type Actor, type Scope } from '@almanac/kernel';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { LRUCache } from 'lru-cache';

/** `aud` of the product's tokens, whoever issues them. */
export const tokenAudience = 'almanac';

export interface TokenVerifierOptions {
  /** `iss` that tokens must have, exactly. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's public keys are; or the keys themselves. */
  readonly keys: URL | JWTVerifyGetKey;
}

/** @throws AppError `invalid_token` saying what is wrong with it */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

export interface VerifiedToken {
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Asymmetric only: with `none` or HS256, whoever holds the public key could sign (RFC 8725, 3.1). */
const algorithms = ['EdDSA', 'ES256', 'RS256', 'PS256'];

/**
 * Checks access tokens against the issuer's keys: signature, issuer, audience, time, and the claims
 * that make an {@link Actor}. What was verified is remembered until it expires, as a signature check
 * costs more than everything else a small request does.
 */
export function createTokenVerifier({ issuer, audience, keys }: TokenVerifierOptions): TokenVerifier {
  const getKey = keys instanceof URL ? remoteKeys(keys) : keys;
  const verified = new LRUCache<string, VerifiedToken>({ max: 10_000 });
  return async (token) => {
    const known = verified.get(token);
    if (known !== undefined && known.expiresAt > Date.now()) return known;
    const result = await verify(token, getKey, { issuer, audience });
    verified.set(token, result);
    return result;
  };
}

/** Milliseconds after which keys are asked for again, so that one that was taken away counts no more. */
const refreshEvery = 10 * 60_000;
/** Milliseconds between questions for keys that nobody knows. */
const breath = 5_000;

/**
 * The issuer's keys. While it is away, those that it had count on: who is signed in stays so. A key
 * that isn't among them is asked for at once.
 */
function remoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: Infinity,
    cooldownDuration: breath,
    timeoutDuration: 3_000,
    [customFetch]: fetchKeys,
  });
  let refreshAt = Date.now() + refreshEvery;
  return async (header, token) => {
    if (Date.now() > refreshAt) {
      refreshAt = Date.now() + refreshEvery;
      keys.reload().catch(() => (refreshAt = Date.now() + breath));
    }
    return keys(header, token);
  };
}

async function verify(
  token: string,
  getKey: JWTVerifyGetKey,
  expected: { issuer: string; audience: string },
): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      ...expected,
      algorithms,
      requiredClaims: ['exp', 'sub', 'scope'],
      clockTolerance: 5,
    });
    return { actor: actorOf(payload), expiresAt: (payload.exp ?? 0) * 1000 };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof errors.JWTExpired) throw invalid('It has expired; get a new one.', error);
    if (error instanceof errors.JWKSInvalid || isNoJson(error)) throw keysUnavailable(error);
    throw invalid(error instanceof Error ? `${error.message}.` : 'It can’t be read.', error);
  }
}

async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options).catch((error: unknown) => {
    throw keysUnavailable(error);
  });
  if (!response.ok) throw keysUnavailable(`${url} answers with ${response.status}`);
  return response;
}

/** jose has no class of its own for this. */
const isNoJson = (error: unknown): boolean =>
  error instanceof errors.JOSEError && error.code === errors.JOSEError.code;

/** The issuer's fault, not the token's: with the next try it may be good. */
const keysUnavailable = (cause: unknown): AppError =>
  new AppError('unavailable', 'The keys that tokens are checked with can’t be read; try again.', {
    retryAfter: 2,
    cause,
  });

function actorOf({ sub, scope, role }: JWTPayload): Actor {
  if (!isId(sub)) throw invalid('Its subject is not a UUID.');
  const granted = new Set(String(scope).split(' '));
  return {
    id: sub.toLowerCase(),
    role: role === 'operator' ? 'operator' : 'user',
    scopes: userScopes.filter((known: Scope) => granted.has(known)),
  };
}

const invalid = (detail: string, cause?: unknown): AppError =>
  new AppError('invalid_token', detail, { cause });
