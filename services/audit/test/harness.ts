import { taskCompleted, taskCreated, type CloudEvent, type Task } from '@almanac/contracts';
import { createDataSource, createTransactions, type Session } from '@almanac/database';
import { newId } from '@almanac/kernel';
import { busSchema, createEmbeddedBus, toCloudEvent, type Message } from '@almanac/messaging';
import { createMetrics } from '@almanac/service-kit';
import { createManualClock, createManualScheduler, createTestDatabase, waitUntil } from '@almanac/testkit';
import { createTestTokens, silentLogger, startService, type Client } from '@almanac/testkit/service';
import { Client as PostgresClient } from 'pg';
import { auditLogRepository, auditSchema, createAudit, verifyChain } from '../src';

export type AuditUnderTest = Awaited<ReturnType<typeof startAudit>>;

/** The audit service as its main would compose it, as one or more replicas on one database. */
export async function startAudit({ replicas = 1 } = {}) {
  const database = await createTestDatabase({ schemas: [auditSchema, busSchema] });
  const bus = createEmbeddedBus({ connection: database.configFor(busSchema) });
  await bus.start();
  const tokens = await createTestTokens();
  const clock = createManualClock();
  const metrics = createMetrics();
  const startReplica = async () => {
    const scheduler = createManualScheduler();
    const ports = { bus, scheduler, clock, metrics, verifyToken: tokens.verifyToken, logger: silentLogger };
    const service = await startService(createAudit({ database: database.configFor(auditSchema, 5) }, ports));
    return { service, scheduler };
  };
  const first = await startReplica();
  const others = await Promise.all(Array.from({ length: replicas - 1 }, startReplica));
  const superuser = new PostgresClient(database.admin);
  await superuser.connect();
  /** As the superuser, whom no policy binds. */
  const sql = async <Row>(text: string, values: unknown[] = []) =>
    (await superuser.query(text, values)).rows as Row[];
  const dataSource = createDataSource(database.configFor(auditSchema, 2), auditSchema.name);
  await dataSource.initialize();
  const { system } = createTransactions(dataSource, (session: Session) => session);

  return {
    database,
    bus,
    clock,
    metrics,
    sql,
    url: first.service.url,
    as: async (id: string, role: 'user' | 'operator' = 'user'): Promise<Client> =>
      first.service.as(await tokens.tokenFor({ id, role })),
    /** Waits until so many entries are there. */
    recorded: (count: number) =>
      waitUntil(async () => (await sql('select 1 from audit.audit_log')).length >= count, {
        timeout: 15_000,
        until: `${count} events were recorded`,
      }),
    /** Publishes the head of the chain, as the job does every minute. */
    publishHead: async () => {
      await first.scheduler.run('audit-publish-head');
      await waitUntil(async () => (await sql('select 1 from audit.outbox')).length === 0);
    },
    verify: () =>
      system('sweep', (session) => verifyChain({ log: auditLogRepository(session), eventLog: bus })),
    stop: async () => {
      for (const { service } of [first, ...others]) await service.stop();
      await bus.stop();
      await dataSource.destroy();
      await superuser.end();
      await database.drop();
    },
  };
}

/** What task-api tells of a user's task. */
export function taskEvent(
  userId: string,
  {
    taskId = newId(),
    time = '2026-11-21T09:30:00.000Z',
    completed = false,
    ...overrides
  }: Partial<{
    taskId: string;
    time: string;
    completed: boolean;
  }> &
    Partial<CloudEvent> = {},
): Message {
  const task: Task = {
    id: taskId,
    title: 'Water the plants 🌱',
    description: '"quoted" \\ and\nbroken',
    status: completed ? 'completed' : 'open',
    priority: 'medium',
    tags: ['home'],
    due: null,
    createdAt: time,
    updatedAt: time,
    completedAt: completed ? time : null,
    version: completed ? 2 : 1,
  };
  const draft = (completed ? taskCompleted : taskCreated)(task);
  const event = toCloudEvent(draft, { source: 'task-api', time, userId, actorId: userId });
  return { topic: draft.topic, key: draft.key, event: { ...event, ...overrides } };
}
