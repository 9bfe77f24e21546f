import { SyncServerMessage, syncPath, taskUpdate, type Change, type Task } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { busSchema, createEmbeddedBus, toCloudEvent } from '@almanac/messaging';
import { createMetrics } from '@almanac/service-kit';
import { createManualClock, createManualScheduler, createTestDatabase, waitUntil } from '@almanac/testkit';
import { createTestTokens, silentLogger, startService, type TokenOverrides } from '@almanac/testkit/service';
import { Client as PostgresClient } from 'pg';
import { WebSocket, type ClientOptions } from 'ws';
import { createRealtime, realtimeSchema } from '../src';

export type RealtimeUnderTest = Awaited<ReturnType<typeof startRealtime>>;
export type Device = ReturnType<typeof connect>;

/** The realtime service as its main would compose it, as one or more replicas on one database. */
export async function startRealtime({ replicas = 1 } = {}) {
  const database = await createTestDatabase({ schemas: [realtimeSchema, busSchema] });
  const bus = createEmbeddedBus({ connection: database.configFor(busSchema) });
  await bus.start();
  const tokens = await createTestTokens();
  const clock = createManualClock();
  const startReplica = async () => {
    const scheduler = createManualScheduler();
    const metrics = createMetrics();
    const service = await startService(
      createRealtime(
        { database: database.configFor(realtimeSchema), origins: ['https://almanac.test'] },
        { bus, scheduler, clock, metrics, verifyToken: tokens.verifyToken, logger: silentLogger },
      ),
    );
    return { service, scheduler, metrics };
  };
  const started = await Promise.all(Array.from({ length: replicas }, startReplica));
  const superuser = new PostgresClient(database.admin);
  await superuser.connect();
  const devices: Device[] = [];

  const tokenFor = (user: string, overrides?: TokenOverrides) => tokens.tokenFor({ id: user }, overrides);
  /** A connection on which nothing was said yet. */
  const open = (options: ClientOptions & { replica?: number } = {}) => {
    const device = connect(started[options.replica ?? 0]!.service.url, options);
    devices.push(device);
    return device;
  };
  return {
    database,
    clock,
    open,
    tokenFor,
    tokens,
    /** Of the first replica. */
    url: started[0]!.service.url,
    metrics: started[0]!.metrics,
    scheduler: started[0]!.scheduler,
    stopReplica: (replica: number) => started[replica]!.service.stop(),
    /** As the superuser, whom no policy binds. */
    sql: async <Row>(text: string, values: unknown[] = []) =>
      (await superuser.query(text, values)).rows as Row[],
    /** A device of this user that has said hello and was welcomed. */
    greet: async (user: string, { cursor = null as string | null, replica = 0 } = {}) => {
      const device = open({ replica });
      device.say({ type: 'hello', token: await tokenFor(user), cursor });
      await waitUntil(() => device.received.length > 0, { until: 'the device was welcomed' });
      return device;
    },
    /** Tells, as task-api does, of so many changes to one task of a user. */
    change: async (user: string, count = 1, { taskId = newId(), from = 1, deleted = false } = {}) => {
      const updates = Array.from({ length: count }, (_, n) => updateOf(user, taskId, from + n, deleted));
      await bus.publish(
        updates.map((draft) => ({
          topic: draft.topic,
          key: draft.key,
          event: toCloudEvent(draft, { source: 'task-api', time: clock.now(), userId: user, actorId: user }),
        })),
      );
      return updates.map(({ data }) => ({
        kind: 'task',
        id: taskId,
        version: data.version,
        task: data.task,
      }));
    },
    publish: bus.publish,
    /** Ends all connections, as if every device had lost its network; waits until the service knows. */
    hangUp: async () => {
      for (const device of devices.splice(0)) device.socket.terminate();
      for (const { metrics } of started)
        await waitUntil(async () => /^almanac_sync_sockets 0$/m.test(await metrics.registry.metrics()));
    },
    stop: async () => {
      for (const device of devices) device.socket.terminate();
      for (const { service } of started) await service.stop();
      await bus.stop();
      await superuser.end();
      await database.drop();
    },
  };
}

function updateOf(userId: string, taskId: string, version: number, deleted: boolean) {
  const at = '2026-11-21T09:30:00.000Z';
  const task: Task = {
    id: taskId,
    title: `Version ${version}`,
    description: '',
    status: 'open',
    priority: 'medium',
    tags: [],
    due: null,
    createdAt: at,
    updatedAt: at,
    completedAt: null,
    version,
  };
  return taskUpdate({ userId, taskId, version, task: deleted ? null : task });
}

/** A device on a real WebSocket, and what it is told. */
function connect(url: string, options: ClientOptions) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${syncPath}`, options);
  const received: SyncServerMessage[] = [];
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  socket.on('message', (data: Buffer) => {
    received.push(SyncServerMessage.parse(JSON.parse(data.toString('utf8'))));
  });
  /** How it ended: a close code, or the status of a handshake that was refused. */
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('unexpected-response', (_request, response) => {
      resolve({ code: response.statusCode ?? 0, reason: 'refused' });
      socket.terminate();
    });
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    socket.once('error', () => undefined);
  });
  return {
    socket,
    received,
    ended,
    /** Sends once the connection is there; text and bytes go as they are. */
    say: (message: unknown) => {
      const data =
        typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
      void opened.then(() => socket.send(data));
    },
    get welcome() {
      return received.find((message) => message.type === 'welcome');
    },
    get changes(): Change[] {
      return received.flatMap((message) => (message.type === 'changes' ? message.changes : []));
    },
    get cursor() {
      return received.at(-1)!.cursor;
    },
    hasChanges: function (count: number, timeout = 10_000) {
      return waitUntil(() => this.changes.length >= count, {
        timeout,
        until: () => `${count} changes had come, not ${this.changes.length}`,
      });
    },
  };
}
