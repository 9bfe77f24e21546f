/**
 * The process that is broken: the services on the embedded bus in one process as `npm start` has
 * them, on a database of somebody else, so that it survives. The ways to break it stand around the
 * product, not in it.
 */
import { auditLogRepository, auditSchema, createAudit, verifyChain } from '@almanac/audit';
import {
  createDataSource,
  ensureDatabase,
  ensureRoles,
  migrateAll,
  ownerRole,
  type DatabaseConfig,
  type SchemaDefinition,
} from '@almanac/database';
import { systemClock, userScopes } from '@almanac/kernel';
import { busSchema, createEmbeddedBus, type EmbeddedBus } from '@almanac/messaging';
import { createRealtime, realtimeSchema } from '@almanac/realtime';
import { createLogger, createMetrics, hostServices, type TokenVerifier } from '@almanac/service-kit';
import { createTaskApi, taskApiSchema } from '@almanac/task-api';
import { createManualScheduler, withClient } from '@almanac/testkit';
import { createBreaker } from './breaker';
import { crashPoints } from './crash-points';
import { plantedBugs, type PlantedBug } from './planted-bugs';
import type { Boot, Order, Report } from './protocol';
import { interceptStatements } from './statements';

const schemas = [busSchema, taskApiSchema, auditSchema, realtimeSchema];
const password = 'victim';

/** As `npm start` does it, each time: roles, database, migrations. */
async function prepareDatabase({ database }: Boot, bug: PlantedBug | undefined): Promise<void> {
  await withClient({ ...database, database: 'postgres' }, async (admin) => {
    const roles = [ownerRole, ...schemas.map(({ role }) => role)];
    await ensureRoles(admin, Object.fromEntries(roles.map((role) => [role, password])));
    await ensureDatabase(admin, database.database);
    if (bug?.database) await admin.query(bug.database(database.database));
  });
  await withClient({ ...database, user: ownerRole, password }, (owner) => migrateAll(owner, schemas));
}

/** The bearer of a token is whoever it names: who may do what isn't tested here. */
const believe: TokenVerifier = (token) =>
  Promise.resolve({ actor: { id: token, role: 'user', scopes: userScopes }, expiresAt: Infinity });

/** The audit log's own check of itself. */
async function verify(config: DatabaseConfig, eventLog: EmbeddedBus): Promise<readonly string[]> {
  const dataSource = await createDataSource(config, auditSchema.name).initialize();
  try {
    const log = auditLogRepository({ query: (sql, values) => dataSource.query(sql, values && [...values]) });
    return (await verifyChain({ log, eventLog })).problems;
  } finally {
    await dataSource.destroy();
  }
}

/** @returns what obeys the orders that follow */
async function start(boot: Boot): Promise<(order: Order) => Promise<Report>> {
  const bug = plantedBugs.find(({ name }) => name === boot.bug);
  const breaker = createBreaker();
  // The bug is outermost: crash points are about what really reaches the database.
  interceptStatements([...(bug?.interceptor ? [bug.interceptor()] : []), breaker.interceptor]);
  await prepareDatabase(boot, bug);

  const configFor = ({ role }: SchemaDefinition, poolSize: number): DatabaseConfig => ({
    ...boot.database,
    user: role,
    password,
    poolSize,
  });
  const logger = createLogger('victim', 'warn');
  const metrics = createMetrics();
  const realBus = createEmbeddedBus({
    connection: configFor(busSchema, 0),
    // Six tries as ever, but soon: a run doesn't wait for seconds.
    retry: { attempts: 6, firstDelay: 10, maxDelay: 200 },
    onError: (error) => logger.warn({ error }, 'bus'),
  });
  const scheduler = createManualScheduler();
  const ports = {
    bus: bug?.bus ? bug.bus(realBus) : realBus,
    scheduler,
    verifyToken: believe,
    clock: systemClock,
    logger,
    metrics,
  };
  const taskApi = createTaskApi({ database: configFor(taskApiSchema, 10), requestsPerMinute: 1e9 }, ports);
  const services = [
    { ...taskApi, handle: breaker.listener(taskApi.handle) },
    createAudit({ database: configFor(auditSchema, 4) }, ports),
    createRealtime({ database: configFor(realtimeSchema, 4) }, ports),
  ];
  await realBus.start();
  const { port, stop } = await hostServices({ services, metrics, logger, port: 0, host: '127.0.0.1' });

  // By the minute in the product; a short run wants to see it too. While the database is away it fails.
  const publishHead = () => void scheduler.run('audit-publish-head').catch(() => undefined);
  const heads = setInterval(publishHead, 250);
  process.once('SIGTERM', () => {
    clearInterval(heads);
    void stop()
      .then(() => realBus.stop())
      .then(() => process.exit(0));
  });
  return async (order) => {
    if (order.do === 'start') return { said: 'ready', url: `http://127.0.0.1:${port}` };
    if (order.do === 'verify-chain')
      return { said: 'verified', problems: await verify({ ...boot.database, poolSize: 1 }, realBus) };
    if (order.do === 'let-consumers-fail') breaker.letConsumersFail();
    else
      breaker.arm(
        crashPoints.find(({ name }) => name === order.point)!,
        order.nth,
      );
    return { said: 'done' };
  };
}

let started: ReturnType<typeof start> | undefined;

process.on('message', (order: Order) => {
  if (order.do === 'start') started = start(order.boot);
  started
    ?.then((obey) => obey(order))
    .then(
      (report) => process.send?.(report),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
});
process.once('disconnect', () => process.exit()); // the harness is gone
