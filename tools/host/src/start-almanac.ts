import { join } from 'node:path';
import type { Terminal } from '@almanac/command-line';
import { startPostgres, type Progress } from '@almanac/embedded-postgres';
import { busSchema, createEmbeddedBus } from '@almanac/messaging';
import { jobsRole } from '@almanac/scheduling';
import { createLogger, createMetrics, hostServices } from '@almanac/service-kit';
import { createJobs, keepBus } from '@almanac/service-process';
import { demoAccount, ensureDemoAccount, operatorAccount, webSchema, type SignInConfig } from '@almanac/web';
import { createDemoTasks } from './demo';
import { openLog } from './log';
import { buildPage } from './page';
import { prepareDatabase } from './prepare-database';
import { createServices, schemas } from './services';
import { keepSigningKeys } from './signing-keys';

export interface AlmanacOptions {
  readonly settings: SignInConfig;
  readonly dataDirectory: string;
  readonly port: number;
  readonly terminal: Terminal;
  /** Aborted: stop at the next step. */
  readonly signal: AbortSignal;
}

export interface Almanac {
  readonly url: string;
  readonly logFile: string;
  /** Resolves when the database has ended, asked to or not. */
  readonly databaseEnded: Promise<string>;
  stop(): Promise<void>;
}

/** Files of a data directory beside the database's. */
export const filesIn = (dataDirectory: string) => ({
  signingKeys: join(dataDirectory, 'signing-keys.json'),
  log: join(dataDirectory, 'almanac.log'),
});

const progressInWords: Record<Progress, string> = {
  'copying-programs': 'copying PostgreSQL to where its account can run it',
  'creating-database': 'creating the database',
  'stopping-leftover': 'stopping a database that a killed run left',
  starting: 'starting',
};

/** Starts the whole product, step by step; what fails half-way is taken down again. */
export const startAlmanac = async ({
  settings,
  dataDirectory,
  port,
  terminal,
  signal,
}: AlmanacOptions): Promise<Almanac> => {
  const files = filesIn(dataDirectory);
  await using parts = new AsyncDisposableStack();
  const step: Terminal['step'] = (one) => {
    signal.throwIfAborted();
    return terminal.step(one);
  };

  const pageBuild = buildPage(); // beside the database: it takes about as long
  pageBuild.catch(() => undefined); // its step says so

  const postgres = await step({
    name: 'Database',
    run: (say) => startPostgres({ dataDirectory, onProgress: (progress) => say(progressInWords[progress]) }),
    outcome: ({ port: own }) => `PostgreSQL on port ${own}, this machine only`,
  });
  parts.defer(() => postgres.stop());

  const database = await step({
    name: 'Schemas',
    run: () => prepareDatabase(postgres, schemas),
    outcome: ({ applied }) => (applied === 0 ? 'up to date' : `${applied} migrations applied`),
  });

  const { directory: page } = await step({
    name: 'Page',
    run: (say) => {
      say('building');
      return pageBuild;
    },
    outcome: ({ isNew }) => (isNew ? 'built' : 'up to date'),
  });

  const log = await openLog(files.log, (complaint) => terminal.trouble(`${complaint}\nMore in ${files.log}`));
  parts.defer(() => log.close());
  const logger = (service: string) => createLogger(service, 'info', log);
  const hostLogger = logger('host');
  const metrics = createMetrics();
  const onError = (error: unknown) => hostLogger.warn({ error }, 'something failed and is tried again');

  const url = `http://localhost:${port}`;
  const bus = createEmbeddedBus({ connection: database.as(busSchema.role, 8), onError });
  const scheduler = createJobs({ database: database.as(jobsRole, 1), queue: 'almanac', metrics, onError });
  const signingKeys = await keepSigningKeys(files.signingKeys);
  const services = createServices({
    ...{ settings, database, bus, scheduler, signingKeys, url, page, metrics, logger },
  });
  keepBus(bus, scheduler);

  await step({
    name: 'Services',
    run: async () => {
      await bus.start();
      parts.defer(() => bus.stop());
      const hosted = await hostServices({ services, metrics, logger: hostLogger, host: '127.0.0.1', port });
      parts.defer(() => hosted.stop());
      await scheduler.start();
      parts.defer(() => scheduler.stop());
      await ensureDemoAccount(database.as(webSchema.role, 1), operatorAccount);
      const demo = await ensureDemoAccount(database.as(webSchema.role, 1), demoAccount);
      if (demo === 'created') await createDemoTasks(url, new Date());
    },
    outcome: () => services.map(({ name }) => name).join(', '),
  });
  signal.throwIfAborted();

  const running = parts.move();
  return {
    url,
    logFile: log.file,
    databaseEnded: postgres.ended,
    stop: () => running.disposeAsync(),
  };
};
