import { auditSchema, createAudit } from '@almanac/audit';
import type { SchemaDefinition } from '@almanac/database';
import { systemClock } from '@almanac/kernel';
import { busSchema, type EventBus } from '@almanac/messaging';
import { createRealtime, realtimeSchema } from '@almanac/realtime';
import type { JobScheduler } from '@almanac/scheduling';
import {
  createTokenVerifier,
  tokenAudience,
  type Logger,
  type Metrics,
  type Service,
} from '@almanac/service-kit';
import { createTaskApi, taskApiSchema } from '@almanac/task-api';
import { createWeb, publicKeysOf, webSchema, type SignInConfig, type SigningKeys } from '@almanac/web';
import { createLocalJWKSet } from 'jose';
import type { PreparedDatabase } from './prepare-database';

export const schemas: readonly SchemaDefinition[] = [
  busSchema,
  taskApiSchema,
  auditSchema,
  realtimeSchema,
  webSchema,
];

export interface Surroundings {
  readonly settings: SignInConfig;
  readonly database: PreparedDatabase;
  readonly bus: EventBus;
  readonly scheduler: JobScheduler;
  readonly signingKeys: SigningKeys;
  /** Where browsers find it; also who issues its tokens. */
  readonly url: string;
  /** The folder of the built page. */
  readonly page: string;
  readonly metrics: Metrics;
  readonly logger: (service: string) => Logger;
}

/** All services of the product, with the embedded adapters behind their ports. */
export const createServices = (surroundings: Surroundings): Service[] => {
  const { settings, database, bus, scheduler, signingKeys, url, page, metrics, logger } = surroundings;
  const verifyToken = createTokenVerifier({
    issuer: url,
    audience: tokenAudience,
    keys: createLocalJWKSet({ keys: [...publicKeysOf(signingKeys).keys] }),
  });
  const portsFor = (service: string) => ({
    ...{ bus, scheduler, verifyToken, metrics },
    clock: systemClock,
    logger: logger(service),
  });
  return [
    createTaskApi({ database: database.as(taskApiSchema.role, 10) }, portsFor('task-api')),
    createAudit({ database: database.as(auditSchema.role, 5) }, portsFor('audit')),
    createRealtime({ database: database.as(realtimeSchema.role, 8) }, portsFor('realtime')),
    createWeb(
      {
        database: database.as(webSchema.role, 5),
        publicUrl: url,
        audience: tokenAudience,
        signingKeys,
        page,
        signUp: settings.signUp,
        ...(settings.oidc && { oidc: settings.oidc }),
      },
      portsFor('web'),
    ),
  ];
};
