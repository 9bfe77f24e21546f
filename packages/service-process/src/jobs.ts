import type { DatabaseConfig } from '@almanac/database';
import { BullmqScheduler, postgresStore } from '@almanac/scheduling';
import type { Metrics } from '@almanac/service-kit';

export interface JobsOptions {
  /** As `jobsRole`. */
  readonly database: Omit<DatabaseConfig, 'poolSize'>;
  /** Of one service, or of all services of one process. */
  readonly queue: string;
  readonly metrics: Metrics;
  readonly onError: (error: unknown) => void;
}

/** The product's scheduler on PostgreSQL: what ends is measured, what is troubled is told. */
export function createJobs({ database, queue, metrics, onError }: JobsOptions): BullmqScheduler {
  const { user, password, host, port, database: name, ca } = database;
  const url = new URL(`postgres://${host}:${port}/${encodeURIComponent(name)}`);
  url.username = user;
  url.password = password; // what a URL can't hold as it is gets encoded here
  return new BullmqScheduler({
    store: postgresStore({ connectionString: url.href, ca }),
    queue,
    hooks: {
      ended: ({ name: job, outcome, duration }) => metrics.jobs.observe({ job, outcome }, duration / 1000),
      troubled: onError,
    },
  });
}
