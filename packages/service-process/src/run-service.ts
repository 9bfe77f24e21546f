import { ConfigError, loadConfig } from '@almanac/config';
import { connectionOf, type DatabaseConfig, type SchemaDefinition } from '@almanac/database';
import { systemClock } from '@almanac/kernel';
import { busSchema, createEmbeddedBus } from '@almanac/messaging';
import { jobsRole } from '@almanac/scheduling';
import {
  createLogger,
  createMetrics,
  createTokenVerifier,
  hostServices,
  tokenAudience,
  type Check,
  type Logger,
  type Service,
  type ServicePorts,
} from '@almanac/service-kit';
import { z } from 'zod';
import { keepBus } from './bus-housekeeping';
import { jobsNeed, schemaNeed, waitFor, type Need } from './database-needs';
import { createJobs } from './jobs';
import { busSettings, processSettings } from './settings';

/** What every service is configured with. */
export interface ProcessConfig {
  readonly database: DatabaseConfig;
  /** Where browsers find Almanac. */
  readonly publicUrl: string;
  readonly trustedProxies: number;
}

interface Common<Own extends z.ZodObject> {
  readonly name: string;
  readonly schema: SchemaDefinition;
  /** Connections to the database at most, unless the environment says otherwise. */
  readonly poolSize: number;
  /** What its environment holds beside what every service's does. */
  readonly settings?: Own;
}

interface OnTheBus<Own extends z.ZodObject> extends Common<Own> {
  /** One service of the product keeps it: has old events removed. */
  readonly bus: 'uses' | 'keeps';
  create(config: ProcessConfig, ports: ServicePorts, settings: Readonly<z.output<Own>>): Service;
}

interface OffTheBus<Own extends z.ZodObject> extends Common<Own> {
  readonly bus: 'none';
  create(config: ProcessConfig, ports: Omit<ServicePorts, 'bus'>, settings: Readonly<z.output<Own>>): Service;
}

export type ServiceMain<Own extends z.ZodObject> = OnTheBus<Own> | OffTheBus<Own>;

/** Something that is started with a service and stopped after it. */
interface Part {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A service together with the adapters below it, and what they need before any of them can start. */
interface Composition {
  readonly service: Service;
  readonly needs: readonly Need[];
  readonly bus: Part | null;
  readonly jobs: Part;
}

/**
 * Runs a service as a process of its own, from its environment to its ordered stop; a `main.ts` does
 * nothing else.
 *
 * - Listens at once: it is alive before its database is, and readiness says what it waits for.
 * - SIGTERM or SIGINT: no new requests; those in flight are answered, then jobs, consumers and relay
 *   end what they have in hand, then connections close. Further signals change nothing.
 * - What nobody caught ends the process with exit code 1, and a log line that says what it was.
 */
export async function runService<Own extends z.ZodObject>(main: ServiceMain<Own>): Promise<void> {
  const firstLogger = createLogger(main.name);
  const stop = hearTheWorld(firstLogger);
  try {
    const warn = (warning: string) => firstLogger.warn(warning);
    const { settings, own } = readEnvironment(main, warn);
    const logger = createLogger(main.name, settings.ALMANAC_LOG_LEVEL);
    const metrics = createMetrics();
    const composition = compose(main, settings, own, { logger, metrics });

    const hosted = await hostServices({
      services: [asOneService(composition, logger, stop)],
      ...{ metrics, logger, host: settings.ALMANAC_HOST, port: settings.ALMANAC_PORT },
    });
    logger.info({ port: hosted.port }, 'ready');
    await aborted(stop);
    logger.info('stopping');
    await hosted.stop();
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    if (stop.aborted && (error as Error).name === 'AbortError') process.exit(0); // it had not begun yet
    if (error instanceof ConfigError) firstLogger.fatal(error.message);
    else firstLogger.fatal({ error }, 'could not start');
    process.exit(1);
  }
}

/** Signals, and what nobody caught. @returns aborted when the process is to stop */
function hearTheWorld(logger: Logger): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  process.removeAllListeners('warning'); // Node's own listener prints text; here every line is JSON
  process.on('warning', ({ name, message }) => logger.warn({ warning: name }, message));
  for (const failure of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(failure, (error: unknown) => {
      logger.fatal({ error }, failure);
      process.exit(1);
    });
  return stop.signal;
}

/** One look at everything, so that all that is missing is named at once. */
function readEnvironment<Own extends z.ZodObject>(main: ServiceMain<Own>, warn: (warning: string) => void) {
  const everything = (main.settings ?? z.object({})).safeExtend({
    ...processSettings.shape,
    ...(main.bus !== 'none' && busSettings.shape),
  });
  const own = loadConfig(everything, undefined, warn) as Readonly<z.output<Own>>;
  return { own, settings: loadConfig(processSettings, undefined, silently) };
}

const silently = () => undefined;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function compose<Own extends z.ZodObject>(
  main: ServiceMain<Own>,
  settings: Readonly<z.output<typeof processSettings>>,
  own: Readonly<z.output<Own>>,
  { logger, metrics }: Pick<ServicePorts, 'logger' | 'metrics'>,
): Composition {
  const onError = (error: unknown) => logger.warn({ error }, 'something failed and is tried again');
  const as = (user: string, password: string, poolSize: number): DatabaseConfig => ({
    host: settings.ALMANAC_DATABASE_HOST,
    port: settings.ALMANAC_DATABASE_PORT,
    database: settings.ALMANAC_DATABASE_NAME,
    ca: settings.ALMANAC_DATABASE_CA,
    ...{ user, password, poolSize },
  });
  const { schema, poolSize } = main;
  const publicUrl = settings.ALMANAC_PUBLIC_URL;
  const config: ProcessConfig = {
    database: as(
      schema.role,
      settings.ALMANAC_DATABASE_PASSWORD,
      settings.ALMANAC_DATABASE_POOL_SIZE ?? poolSize,
    ),
    publicUrl,
    trustedProxies: settings.ALMANAC_TRUSTED_PROXIES,
  };
  const forJobs = as(jobsRole, settings.ALMANAC_JOBS_PASSWORD, 1);
  const scheduler = createJobs({ database: forJobs, queue: main.name, metrics, onError });
  const ports = {
    scheduler,
    verifyToken: createTokenVerifier({
      issuer: new URL(publicUrl).origin,
      audience: tokenAudience,
      keys: new URL(settings.ALMANAC_KEYS_URL),
    }),
    clock: systemClock,
    ...{ logger, metrics },
  };
  const needs = [schemaNeed(config.database, schema), jobsNeed(forJobs)];
  if (main.bus === 'none')
    return { service: main.create(config, ports, own), needs, bus: null, jobs: scheduler };

  const { ALMANAC_BUS_PASSWORD } = loadConfig(busSettings, undefined, silently);
  const forBus = as(busSchema.role, ALMANAC_BUS_PASSWORD, 1);
  const bus = createEmbeddedBus({ connection: connectionOf(forBus), onError });
  if (main.bus === 'keeps') keepBus(bus, scheduler);
  return {
    service: main.create(config, { ...ports, bus }, own),
    needs: [...needs, schemaNeed(forBus, busSchema)],
    bus,
    jobs: scheduler,
  };
}

/** The service with what it stands on: started from below once nothing is missing, stopped from above. */
function asOneService(
  { service, needs, bus, jobs }: Composition,
  logger: Logger,
  stop: AbortSignal,
): Service {
  let missing: string | null = 'nothing was asked yet';
  let running: AsyncDisposableStack | null = null;
  const start = async () => {
    const tell = (what: string) => {
      missing = what;
      logger.warn(`waits: ${what}`);
    };
    await waitFor(needs, tell, stop);
    missing = null;
    await using begun = new AsyncDisposableStack();
    for (const part of [bus, service, jobs]) {
      if (part === null) continue;
      await part.start();
      begun.defer(() => part.stop());
    }
    running = begun.move();
  };
  const onceBegun =
    (check: Check): Check =>
    () =>
      running === null ? Promise.resolve(null) : check();
  return {
    ...service,
    readiness: {
      start: () => Promise.resolve(missing),
      ...Object.fromEntries(
        Object.entries(service.readiness).map(([name, check]) => [name, onceBegun(check)]),
      ),
    },
    start,
    stop: async () => {
      await running?.disposeAsync();
    },
  };
}
