import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isId, newId, type Instant } from '@almanac/kernel';

/**
 * A browser that is signed in. Its token is exchanged for the next one at each use, so that one that
 * was stolen shows: the second who uses it ends the session (RFC 9700, 4.14.2).
 */
export interface Session {
  readonly id: string;
  readonly accountId: string;
  /** SHA-256 of the secret in the current token; the secret itself is in the browser only. */
  readonly currentHash: Buffer;
  /** Of the one before. */
  readonly previousHash: Buffer | null;
  /** With a token's secret gives the next one: whoever reads the table has no secret, so no next one. */
  readonly seed: Buffer;
  readonly createdAt: Instant;
  /** When it was last used, which is when its token last changed. */
  readonly rotatedAt: Instant;
  readonly expiresAt: Instant;
}

const day = 24 * 60 * 60 * 1000;
/** How long a session lasts without being used, milliseconds. */
export const sessionLifetime = 30 * day;
/** How long the previous token is still good, for a second tab or an answer that was lost; milliseconds. */
export const grace = 30_000;

const bytes = 32;
const hashOf = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest();
const later = (instant: Instant, ms: number): Instant => new Date(Date.parse(instant) + ms).toISOString();
const tokenOf = (id: string, secret: Buffer): string => `${id}.${secret.toString('base64url')}`;

export function beginSession(accountId: string, now: Instant): { session: Session; token: string } {
  const secret = randomBytes(bytes);
  const session = {
    id: newId(),
    accountId,
    currentHash: hashOf(secret),
    previousHash: null,
    seed: randomBytes(bytes),
    createdAt: now,
    rotatedAt: now,
    expiresAt: later(now, sessionLifetime),
  };
  return { session, token: tokenOf(session.id, secret) };
}

/** @returns null when it can't be one of ours */
export function parseSessionToken(token: string): { id: string; secret: Buffer } | null {
  const [id, text = '', ...rest] = token.split('.');
  const secret = Buffer.from(text, 'base64url');
  return isId(id) && secret.length === bytes && rest.length === 0 ? { id, secret } : null;
}

export type Renewal =
  /** `session` is as it is to be stored; `token` the one to use next. */
  | { readonly outcome: 'renewed'; readonly session: Session; readonly token: string }
  | { readonly outcome: 'expired' | 'reused' };

/**
 * What becomes of a session when a token of it is used.
 *
 * The next token follows from the one that was used, so a second tab with the same token, or one
 * whose answer was lost, gets the same next token within the {@link grace}; later it ends the session.
 */
export function renewSession(session: Session, secret: Buffer, now: Instant): Renewal {
  if (Date.parse(session.expiresAt) <= Date.parse(now)) return { outcome: 'expired' };
  const hash = hashOf(secret);
  const next = createHmac('sha256', session.seed).update(secret).digest();
  const token = tokenOf(session.id, next);
  if (timingSafeEqual(hash, session.currentHash)) {
    const renewed = {
      ...session,
      currentHash: hashOf(next),
      previousHash: hash,
      rotatedAt: now,
      expiresAt: later(now, sessionLifetime),
    };
    return { outcome: 'renewed', session: renewed, token };
  }
  const isPrevious = session.previousHash !== null && timingSafeEqual(hash, session.previousHash);
  const inGrace = Date.parse(now) - Date.parse(session.rotatedAt) <= grace;
  return isPrevious && inGrace ? { outcome: 'renewed', session, token } : { outcome: 'reused' };
}
