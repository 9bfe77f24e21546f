import { syncPath } from '@almanac/contracts';
import {
  connectionOf,
  createDataSource,
  createListener,
  createNotifier,
  type DatabaseConfig,
} from '@almanac/database';
import { consume, type Running } from '@almanac/messaging';
import { databaseReadiness, observeConsumption, type Service, type ServicePorts } from '@almanac/service-kit';
import { Gauge } from 'prom-client';
import { appendChange } from './consumers/append-change';
import { realtimeSchema } from './persistence/schema';
import { createPersistence } from './persistence/unit-of-work';
import { createGateway } from './sockets/gateway';
import { trimFeeds } from './use-cases/trim-feeds';

export interface RealtimeConfig {
  readonly database: DatabaseConfig;
  /** Origins besides the server's own that pages may connect from. */
  readonly origins?: readonly string[];
}

const channel = 'realtime_feed';
/** Milliseconds between looks at all feeds, in case a notification was lost. */
const sweepEvery = 15_000;

/**
 * Live sync: a feed of changes per user in PostgreSQL, and WebSockets that read it by cursor.
 *
 * Any replica may append to a feed and any may serve it: PostgreSQL is the truth, a notification
 * after the commit wakes the replicas that have the user's devices.
 */
export function createRealtime(config: RealtimeConfig, ports: ServicePorts): Service {
  const { bus, scheduler, verifyToken, clock, logger, metrics } = ports;
  const dataSource = createDataSource(config.database, realtimeSchema.name);
  const onError = (error: unknown) =>
    logger.warn({ error }, 'a wake-up was lost; devices are served by the next sweep');
  const notifier = createNotifier(
    (users) => dataSource.query('select pg_notify($1, $2)', [channel, users.join()]),
    onError,
  );
  const deps = { ...createPersistence(dataSource, notifier.soon), clock };
  const gateway = createGateway({ deps, verifyToken, logger, origins: config.origins ?? [] });
  const sweep = () => void gateway.sweep().catch(onError);
  const listener = createListener(
    connectionOf(config.database),
    channel,
    (payload) => (payload === null ? sweep() : payload.split(',').forEach((userId) => gateway.wake(userId))),
    onError,
  );
  new Gauge({
    name: 'almanac_sync_sockets',
    help: 'Devices that are connected.',
    registers: [metrics.registry],
    collect() {
      this.set(gateway.sockets);
    },
  });
  scheduler.every('realtime-trim-feeds', { cron: '47 3 * * *', zone: 'UTC' }, () => trimFeeds(deps));
  let consumer: Running | null = null;
  let sweeping: NodeJS.Timeout | undefined;

  return {
    name: 'realtime',
    paths: [syncPath],
    handle: (_request, response) => {
      response.writeHead(426, { upgrade: 'websocket', connection: 'upgrade' }).end();
    },
    upgrade: gateway.upgrade,
    readiness: { database: databaseReadiness(dataSource, realtimeSchema) },
    start: async () => {
      await dataSource.initialize();
      await listener.start();
      consumer = await consume(bus, 'realtime', [appendChange], deps, observeConsumption(metrics, logger));
      sweeping = setInterval(sweep, sweepEvery);
    },
    stop: async () => {
      clearInterval(sweeping);
      await gateway.stop();
      await consumer?.stop();
      await listener.stop();
      await notifier.settled();
      await dataSource.destroy();
    },
  };
}
