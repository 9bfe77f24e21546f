import { runService } from '@almanac/service-process';
import { createRealtime } from './app';
import { realtimeSchema } from './persistence/schema';

void runService({
  name: 'realtime',
  schema: realtimeSchema,
  poolSize: 8,
  bus: 'uses',
  create: createRealtime,
});
