import { auditSchema, createAudit } from '@almanac/audit';
import { systemClock } from '@almanac/kernel';
import { busSchema, createEmbeddedBus } from '@almanac/messaging';
import { createRealtime, realtimeSchema } from '@almanac/realtime';
import {
  createLogger,
  createMetrics,
  createTokenVerifier,
  hostServices,
  type Service,
} from '@almanac/service-kit';
import { createTaskApi, taskApiSchema } from '@almanac/task-api';
import { createLocalJWKSet, type JWK } from 'jose';
import { createWriteStream } from 'node:fs';

/** What a forked service process is told. */
export interface ServiceProcessConfig {
  readonly services: readonly ('task-api' | 'audit' | 'realtime')[];
  readonly issuer: string;
  readonly publicKey: JWK;
  readonly database: { host: string; port: number; database: string; password: string };
}

/** Logs are written as in production, but to nowhere: the disk is not what is measured. */
async function main({ services, issuer, publicKey, database }: ServiceProcessConfig): Promise<void> {
  const logger = createLogger('bench', 'info', createWriteStream('/dev/null'));
  const metrics = createMetrics();
  const as = (role: string, poolSize: number) => ({ ...database, user: role, poolSize });
  const bus = createEmbeddedBus({
    connection: as(busSchema.role, 8),
    onError: (error) => console.error(error),
  });
  const ports = {
    bus,
    metrics,
    logger,
    clock: systemClock,
    // Nothing here waits for a sweep.
    scheduler: { every: () => undefined, handle: () => undefined } as never,
    verifyToken: createTokenVerifier({
      issuer,
      audience: 'almanac',
      keys: createLocalJWKSet({ keys: [publicKey] }),
    }),
  };
  const create: Record<ServiceProcessConfig['services'][number], () => Service> = {
    'task-api': () => createTaskApi({ database: as(taskApiSchema.role, 10), requestsPerMinute: 1e9 }, ports),
    audit: () => createAudit({ database: as(auditSchema.role, 4) }, ports),
    realtime: () => createRealtime({ database: as(realtimeSchema.role, 10) }, ports),
  };
  await bus.start();
  const hosted = await hostServices({
    services: services.map((name) => create[name]()),
    metrics,
    logger,
    host: '127.0.0.1',
    port: 0,
  });
  process.once('SIGTERM', () => {
    void hosted
      .stop()
      .then(() => bus.stop())
      .then(() => process.exit(0));
  });
  process.send!(`http://127.0.0.1:${hosted.port}`);
}

main(JSON.parse(process.argv[2]!) as ServiceProcessConfig).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
