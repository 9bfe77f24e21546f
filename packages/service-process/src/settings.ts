import { integer, port, text, url } from '@almanac/config';
import { z } from 'zod';

/** What every service's process is told by its environment. */
export const processSettings = z.object({
  ALMANAC_HOST: text().default('0.0.0.0').describe('the address to listen on'),
  ALMANAC_PORT: port().default(8080).describe('the port to listen on'),
  ALMANAC_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ALMANAC_PUBLIC_URL: url().describe('where browsers find Almanac; its origin is the issuer of tokens'),
  ALMANAC_KEYS_URL: url()
    .default('http://web/.well-known/jwks.json')
    .describe('the public keys that tokens are checked with'),
  ALMANAC_TRUSTED_PROXIES: integer({ min: 0, max: 10 })
    .default(0)
    .describe('how many proxies stand in front and tell the client’s address'),
  ALMANAC_DATABASE_HOST: text().describe('the PostgreSQL server'),
  ALMANAC_DATABASE_PORT: port().default(5432),
  ALMANAC_DATABASE_NAME: text().default('almanac'),
  ALMANAC_DATABASE_CA: text().optional().describe('PEM; the server’s certificate must be signed by it'),
  ALMANAC_DATABASE_PASSWORD: text().describe('the password of this service’s role'),
  ALMANAC_DATABASE_POOL_SIZE: integer({ min: 1, max: 100 }).optional(),
  ALMANAC_JOBS_PASSWORD: text().describe('the password of the role that schedules jobs'),
});

/** What it is told besides if it uses the bus. */
export const busSettings = z.object({
  ALMANAC_BUS_PASSWORD: text().describe('the password of the bus’s role'),
});
