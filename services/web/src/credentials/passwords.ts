import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import type { Passwords } from '../ports';
import { createGate } from './gate';

/** What a hash costs: 128·2^ln·r bytes of memory, p times over. */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/**
 * 32 MiB three times over: one of the settings that OWASP holds equal. The one with the least memory
 * that still is above 16 MiB, as several hashes run at once beside everything else.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
export const owaspCost: ScryptCost = { ln: 15, r: 8, p: 3 };

export interface PasswordOptions {
  readonly cost?: ScryptCost;
  /** Hashes at once. Two leave half of libuv's four threads to files and DNS. */
  readonly concurrency?: number;
  /** How many may wait for their turn before more are turned away. */
  readonly waiting?: number;
}

const saltBytes = 16;
const hashBytes = 32;
const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

interface Hashed {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Passwords by scrypt (RFC 7914), with the cost in each hash so that it can grow. */
export function createPasswords({
  cost = owaspCost,
  concurrency = 2,
  waiting = 30,
}: PasswordOptions = {}): Passwords {
  const gate = createGate(concurrency, waiting);
  const run = ({ cost: { ln, r, p }, salt }: Omit<Hashed, 'hash'>, password: string): Promise<Buffer> => {
    const N = 2 ** ln;
    const options = { N, r, p, maxmem: 128 * N * r * 2 };
    // The same letter can be typed as one code point or two (RFC 8265, 4.2).
    return gate(() => derive(password.normalize('NFC'), salt, hashBytes, options));
  };
  /** Something to compare with when there is no account, or none with a password. */
  const nobody: Hashed = { cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };

  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes);
      return format({ cost, salt, hash: await run({ cost, salt }, password) });
    },
    verify: async (password, stored) => {
      const hashed = stored === null ? nobody : parse(stored);
      const isRight = timingSafeEqual(await run(hashed, password), hashed.hash) && stored !== null;
      if (!isRight) return 'wrong';
      return isWeaker(hashed.cost, cost) ? 'outdated' : 'right';
    },
  };
}

const isWeaker = (a: ScryptCost, b: ScryptCost): boolean => a.ln < b.ln || a.r < b.r || a.p < b.p;

/** Base64 without padding, as the PHC format has it. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** https://github.com/P-H-C/phc-string-format */
const format = ({ cost: { ln, r, p }, salt, hash }: Hashed): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;

function parse(stored: string): Hashed {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored);
  if (!match) throw new Error('a stored password hash is not one of scrypt');
  const [, ln, r, p, salt = '', hash = ''] = match;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}
