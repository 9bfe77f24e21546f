import { runService } from '@almanac/service-process';
import { createTaskApi } from './app';
import { taskApiSchema } from './persistence/schema';

void runService({
  name: 'task-api',
  schema: taskApiSchema,
  poolSize: 10,
  bus: 'uses',
  create: createTaskApi,
});
