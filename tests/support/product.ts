import { auditSchema, createAudit } from '@almanac/audit';
import { newId, type Actor } from '@almanac/kernel';
import { busSchema, createEmbeddedBus } from '@almanac/messaging';
import { createRealtime, realtimeSchema } from '@almanac/realtime';
import { createLogger, createMetrics, hostServices } from '@almanac/service-kit';
import { createTaskApi, taskApiSchema } from '@almanac/task-api';
import { createManualScheduler, createTestDatabase, waitUntil } from '@almanac/testkit';
import { createClient, createTestTokens, type Client } from '@almanac/testkit/service';
import { createWeb, generateSigningKeys, webSchema } from '@almanac/web';
import { Client as PostgresClient } from 'pg';

export type Product = Awaited<ReturnType<typeof startProduct>>;

/** All services in one process on a database of their own, as `npm start` has them; tokens are a test's. */
export async function startProduct() {
  const schemas = [taskApiSchema, auditSchema, realtimeSchema, webSchema, busSchema];
  const database = await createTestDatabase({ schemas });
  const bus = createEmbeddedBus({ connection: database.configFor(busSchema) });
  await bus.start();
  const { tokenFor, verifyToken } = await createTestTokens();
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const portsFor = (service: string) => ({
    ...{ bus, verifyToken, metrics },
    scheduler: createManualScheduler(),
    clock: { now: () => new Date().toISOString() },
    logger: createLogger(service, 'info', { write: (line) => void lines.push(JSON.parse(line) as never) }),
  });
  const requestsPerMinute = 1_000_000;
  const hosted = await hostServices({
    services: [
      createTaskApi({ database: database.configFor(taskApiSchema), requestsPerMinute }, portsFor('task-api')),
      createAudit({ database: database.configFor(auditSchema) }, portsFor('audit')),
      createRealtime({ database: database.configFor(realtimeSchema) }, portsFor('realtime')),
      createWeb(
        {
          database: database.configFor(webSchema),
          publicUrl: 'https://almanac.test',
          audience: 'almanac',
          signingKeys: await generateSigningKeys(),
          passwords: { cost: { ln: 8, r: 8, p: 1 } },
          requestsPerMinute,
        },
        portsFor('web'),
      ),
    ],
    metrics,
    logger: createLogger('host', 'silent'),
    port: 0,
    host: '127.0.0.1',
  });
  const url = `http://127.0.0.1:${hosted.port}`;
  const superuser = new PostgresClient(database.admin);
  await superuser.connect();
  /** As the superuser, whom no policy binds. */
  const sql = async <Row>(text: string, values: unknown[] = []) =>
    (await superuser.query(text, values)).rows as Row[];

  return {
    url,
    sql,
    /** The log lines of all services. */
    lines,
    tokenFor,
    anonymous: createClient(url),
    as: async (user: Pick<Actor, 'id'> & Partial<Actor> = { id: newId() }): Promise<Client> =>
      createClient(url, await tokenFor(user)),
    /** Waits until every event has had its effects. */
    settled: () =>
      waitUntil(
        async () => {
          const [pending] = await sql<{ count: number }>(
            `select (select count(*) from task_api.outbox)::int + (select count(*) from audit.outbox)::int
               + (select count(*) from bus.parked)::int
               + (select count(*) from bus.group_offset join bus.partition using (topic, partition) where position < head)::int as count`,
          );
          return pending!.count === 0;
        },
        { timeout: 15_000, until: 'every event had its effects' },
      ),
    stop: async () => {
      await hosted.stop();
      await bus.stop();
      await superuser.end();
      await database.drop();
    },
  };
}
