import { createMetrics, createTokenVerifier } from '@almanac/service-kit';
import {
  createManualClock,
  createManualScheduler,
  createTestDatabase,
  type ManualClock,
  type ManualScheduler,
  type TestDatabase,
} from '@almanac/testkit';
import { silentLogger, startService, type Answer, type RunningService } from '@almanac/testkit/service';
import { createLocalJWKSet } from 'jose';
import { createWeb, generateSigningKeys, publicKeysOf, webSchema, type WebConfig } from '../src';
import { createBrowser, type Browser } from './browser';

export const home = 'https://almanac.test';
export const audience = 'almanac';
export const ada = {
  email: 'ada@example.org',
  password: 'correct horse',
  name: 'Ada',
  zone: 'Europe/London',
};

export interface RunningWeb extends RunningService {
  readonly database: TestDatabase;
  readonly clock: ManualClock;
  readonly scheduler: ManualScheduler;
  /** A browser of its own for each call. */
  browser(): Browser;
  /** Starts another replica on the same database; `stop` stops it too. */
  another(): Promise<RunningService>;
}

/** The service on a database of its own. Its clock begins now, as tokens are checked by the real one. */
export async function startWeb(config: Partial<WebConfig> = {}): Promise<RunningWeb> {
  const database = await createTestDatabase({ schemas: [webSchema] });
  const clock = createManualClock(new Date().toISOString());
  const signingKeys = await generateSigningKeys();
  const scheduler = createManualScheduler();
  const full: WebConfig = {
    database: database.configFor(webSchema),
    publicUrl: home,
    audience,
    signingKeys,
    passwords: { cost: { ln: 8, r: 8, p: 1 } },
    ...config,
  };
  const start = () =>
    startService(
      createWeb(full, {
        scheduler,
        verifyToken: createTokenVerifier({
          issuer: new URL(full.publicUrl).origin,
          audience,
          keys: createLocalJWKSet(publicKeysOf(full.signingKeys)),
        }),
        clock,
        logger: silentLogger,
        metrics: createMetrics(),
      }),
    );
  const running = [await start()];
  const [first] = running as [RunningService];
  return {
    ...first,
    database,
    clock,
    scheduler,
    browser: () => createBrowser(home, first.url),
    another: async () => {
      running.push(await start());
      return running.at(-1)!;
    },
    stop: async () => {
      for (const replica of running) await replica.stop();
      await database.drop();
    },
  };
}

export const signUp = (browser: Browser, account: object = ada): Promise<Answer> =>
  browser.call('POST', '/api/v1/auth/sign-up', { body: account });

export const signIn = (
  browser: Browser,
  { email, password }: { email: string; password: string } = ada,
): Promise<Answer> => browser.call('POST', '/api/v1/auth/sign-in', { body: { email, password } });

export const refresh = (browser: Browser): Promise<Answer> => browser.call('POST', '/api/v1/auth/refresh');
