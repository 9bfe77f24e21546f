import { runService } from '@almanac/service-process';
import { createAudit } from './app';
import { auditSchema } from './persistence/schema';

void runService({
  name: 'audit',
  schema: auditSchema,
  poolSize: 5,
  bus: 'keeps',
  create: createAudit,
});
