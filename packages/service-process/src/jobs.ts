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
  const [as, secret, to] = [user, password, name].map(encodeURIComponent);
  return new BullmqScheduler({
    store: postgresStore({ connectionString: `postgres://${as}:${secret}@${host}:${port}/${to}`, ca }),
    queue,
    hooks: {
      ended: ({ name: job, outcome, duration }) => metrics.jobs.observe({ job, outcome }, duration / 1000),
      troubled: onError,
    },
  });
}
