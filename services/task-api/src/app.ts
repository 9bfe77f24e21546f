import { tasksApi } from '@almanac/contracts';
import { createDataSource, type DatabaseConfig } from '@almanac/database';
import { startRelay, type Relay } from '@almanac/messaging';
import {
  bind,
  createApp,
  databaseReadiness,
  idempotently,
  observeRelay,
  type Service,
  type ServicePorts,
} from '@almanac/service-kit';
import { taskApiSchema } from './persistence/schema';
import { TaskEntity } from './persistence/task.entity';
import { createPersistence } from './persistence/unit-of-work';
import { completeTask } from './use-cases/complete-task';
import { createTask } from './use-cases/create-task';
import { deleteTask } from './use-cases/delete-task';
import { purge } from './use-cases/purge';
import { getTask, listTags, listTasks } from './use-cases/read-tasks';
import { reopenTask } from './use-cases/reopen-task';
import { restoreTask } from './use-cases/restore-task';
import { updateTask } from './use-cases/update-task';

export interface TaskApiConfig {
  readonly database: DatabaseConfig;
  readonly requestsPerMinute?: number;
  readonly trustedProxies?: number;
}

/** The tasks: REST under `/api/v1/tasks`, events through the outbox. */
export function createTaskApi(config: TaskApiConfig, ports: ServicePorts): Service {
  const { bus, scheduler, verifyToken, clock, logger, metrics } = ports;
  const dataSource = createDataSource(config.database, taskApiSchema.name, [TaskEntity]);
  let relay: Relay | null = null;
  const { transaction, system, housekeeping } = createPersistence(dataSource, {
    clock,
    wake: () => relay?.wake(),
  });
  const deps = { transaction, clock };
  const operations = bind(
    tasksApi,
    {
      createTask,
      listTasks,
      listTags,
      getTask,
      updateTask,
      completeTask,
      reopenTask,
      deleteTask,
      restoreTask,
    },
    deps,
    (claim) => ({ ...deps, transaction: idempotently(transaction, claim) }),
  );
  scheduler.every('task-api-purge', { cron: '17 3 * * *', zone: 'UTC' }, () =>
    purge({ housekeeping, clock }),
  );

  return {
    name: 'task-api',
    paths: [tasksApi.prefix],
    handle: createApp({
      name: 'task-api',
      logger,
      metrics,
      verifyToken,
      operations,
      ...(config.requestsPerMinute !== undefined && { requestsPerMinute: config.requestsPerMinute }),
      ...(config.trustedProxies !== undefined && { trustedProxies: config.trustedProxies }),
    }),
    readiness: { database: databaseReadiness(dataSource, taskApiSchema) },
    start: async () => {
      await dataSource.initialize();
      relay = startRelay({
        schema: taskApiSchema.name,
        system,
        bus,
        ...observeRelay('task-api', metrics, logger),
      });
    },
    stop: async () => {
      await relay?.stop();
      await dataSource.destroy();
    },
  };
}
