import { sessionCookie, StartElsewhere } from '@almanac/contracts';
import type { Exchange } from '@almanac/service-kit';
import { z } from 'zod';
import { sessionLifetime } from '../credentials/session';
import type { Departure } from '../ports';

interface Cookie {
  readonly name: string;
  readonly path: string;
  readonly sameSite: 'Strict' | 'Lax';
  /** Seconds. */
  readonly maxAge: number;
}

const session: Cookie = {
  name: sessionCookie,
  path: '/api/v1/auth', // nothing else has a use for it
  sameSite: 'Strict',
  maxAge: sessionLifetime / 1000,
};

/** Lax: the browser comes back by a link of the issuer's, with which Strict would not be sent. */
const departure: Cookie = {
  name: 'almanac_departure',
  path: '/api/v1/auth/oidc',
  sameSite: 'Lax',
  maxAge: 600,
};

export interface Cookies {
  /** Empty without one. */
  sessionToken(exchange: Exchange): string;
  setSession(exchange: Exchange, token: string): void;
  clearSession(exchange: Exchange): void;
  /** Null when there is none, or what there is can't be read. */
  departure(exchange: Exchange): Departure | null;
  setDeparture(exchange: Exchange, value: Departure): void;
  clearDeparture(exchange: Exchange): void;
}

/** @param secure whether browsers reach us by https only */
export function createCookies(secure: boolean): Cookies {
  const set = (exchange: Exchange, { name, path, sameSite, maxAge }: Cookie, value: string, age = maxAge) =>
    exchange.setHeader(
      'Set-Cookie',
      `${name}=${value}; Path=${path}; Max-Age=${age}; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}`,
    );
  return {
    sessionToken: (exchange) => exchange.cookie(session.name) ?? '',
    setSession: (exchange, token) => set(exchange, session, token),
    clearSession: (exchange) => set(exchange, session, '', 0),
    departure: (exchange) => decode(exchange.cookie(departure.name)),
    setDeparture: (exchange, value) => set(exchange, departure, encode(value)),
    clearDeparture: (exchange) => set(exchange, departure, '', 0),
  };
}

const encode = (value: Departure): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const Departed = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  to: StartElsewhere.shape.to,
});

function decode(text = ''): Departure | null {
  try {
    return Departed.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
