import { setTimeout as pause } from 'node:timers/promises';
import { connectionOf, isTransient, type DatabaseConfig } from '@almanac/database';
import type { Logger } from '@almanac/service-kit';
import { Client } from 'pg';

export interface Patience {
  /** Milliseconds in all. */
  readonly patience?: number;
  /** Milliseconds between tries. */
  readonly pace?: number;
}

/**
 * Does `work`, again and again while what it needs is only away: a Job may start before the server
 * that it is for.
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  logger: Logger,
  { patience = 300_000, pace = 1_000 }: Patience = {},
): Promise<Result> {
  const until = performance.now() + patience;
  let told = '';
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || performance.now() > until) throw error;
      const { message, code } = error as Error & { code?: string };
      const reason = message || (code ?? '');
      if (reason !== told) logger.info(`waits: ${(told = reason)}`);
      await pause(pace);
    }
  }
}

/** Runs `work` with a connection of its own. */
export async function withClient<Result>(
  database: DatabaseConfig,
  logger: Logger,
  work: (client: Client) => Promise<Result>,
  patience?: Patience,
): Promise<Result> {
  const client = await patiently(
    async () => {
      const next = new Client({ ...connectionOf(database), connectionTimeoutMillis: 5_000 });
      next.on('error', () => undefined); // whoever uses it learns it from its query
      try {
        await next.connect();
        return next;
      } catch (error) {
        await next.end().catch(() => undefined);
        throw error;
      }
    },
    logger,
    patience,
  );
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
