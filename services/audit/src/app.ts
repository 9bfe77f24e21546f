import { auditApi } from '@almanac/contracts';
import { createDataSource, type DatabaseConfig } from '@almanac/database';
import { consume, startRelay, type Relay, type Running } from '@almanac/messaging';
import {
  bind,
  createApp,
  databaseReadiness,
  observeConsumption,
  observeRelay,
  type Service,
  type ServicePorts,
} from '@almanac/service-kit';
import { recordEvents } from './consumers/record-event';
import { auditSchema } from './persistence/schema';
import { createPersistence } from './persistence/unit-of-work';
import { listAudit } from './use-cases/list-audit';
import { publishHead } from './use-cases/publish-head';

export interface AuditConfig {
  readonly database: DatabaseConfig;
  readonly trustedProxies?: number;
}

/** The audit log: records every domain event once, in one hash chain, and lets people read their part. */
export function createAudit(config: AuditConfig, ports: ServicePorts): Service {
  const { bus, scheduler, verifyToken, clock, logger, metrics } = ports;
  const dataSource = createDataSource(config.database, auditSchema.name);
  let relay: Relay | null = null;
  let consumer: Running | null = null;
  const { transaction, system, sessions } = createPersistence(dataSource, {
    clock,
    wake: () => relay?.wake(),
  });
  const deps = { transaction, system };
  scheduler.every('audit-publish-head', { every: 60_000 }, () => publishHead(deps));

  return {
    name: 'audit',
    paths: [auditApi.prefix],
    handle: createApp({
      name: 'audit',
      logger,
      metrics,
      verifyToken,
      operations: bind(auditApi, { listAudit }, deps),
      ...(config.trustedProxies !== undefined && { trustedProxies: config.trustedProxies }),
    }),
    readiness: { database: databaseReadiness(dataSource, auditSchema) },
    start: async () => {
      await dataSource.initialize();
      relay = startRelay({
        schema: auditSchema.name,
        system: sessions,
        bus,
        ...observeRelay('audit', metrics, logger),
      });
      consumer = await consume(bus, 'audit', recordEvents, deps, observeConsumption(metrics, logger));
    },
    stop: async () => {
      await consumer?.stop();
      await relay?.stop();
      await dataSource.destroy();
    },
  };
}
