import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, newId } from '@almanac/kernel';
import { toProblem } from './http/problem';
import type { Logger } from './logger';
import type { Metrics } from './metrics';
import { createOperations, operationPaths } from './operations';
import type { Service } from './service';

export interface Hosted {
  readonly port: number;
  /** Ordered: not ready, no new connections, requests are answered, services stop, other connections end. */
  stop(): Promise<void>;
}

export interface HostOptions {
  readonly services: readonly Service[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly port: number;
  readonly host?: string;
  /** Milliseconds that requests have to be answered when stopping. */
  readonly patience?: number;
  readonly limits?: Partial<typeof defaultLimits>;
}

const within = (prefix: string, path: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

/** Time limits against clients that are slow on purpose (slow-loris), in milliseconds. */
const defaultLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than a proxy in front keeps its idle connections (Traefik: 90 s), so that it ends them, not we. */
  keepAliveTimeout: 120_000,
  /** Between looks at whether a limit has passed. */
  connectionsCheckingInterval: 2_000,
  /** Bytes. */
  maxHeaderSize: 16_384,
};

/**
 * Serves one service, or several in one process, on one port: each path goes to the service with the
 * longest matching prefix. Listens before the services start, so that liveness answers meanwhile and
 * readiness says no.
 */
export async function hostServices({
  services,
  metrics,
  logger,
  port,
  host = '0.0.0.0',
  patience = 10_000,
  limits,
}: HostOptions): Promise<Hosted> {
  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  const unanswered = new Set<ServerResponse>();
  const routes = services
    .flatMap((service) => service.paths.map((prefix) => ({ prefix, service })))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const ownerOf = (url = '/') => {
    const path = url.split('?', 1)[0]!;
    return routes.find(({ prefix }) => within(prefix, path))?.service;
  };
  const operations = createOperations(services, metrics, () => phase);
  const handle: RequestListener = (request, response) => {
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    if (phase === 'stopping') response.setHeader('connection', 'close');
    if ((operationPaths as readonly string[]).includes(request.url ?? '')) operations(request, response);
    else if (phase === 'starting') refuse(response, notStarted);
    else (ownerOf(request.url)?.handle ?? notHere)(request, response);
  };
  const server = createServer({ ...defaultLimits, ...limits }, handle);
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listener away with the upgrade; a reset would end the process.
    socket.on('error', () => socket.destroy());
    const upgrade = ownerOf(request.url)?.upgrade;
    if (phase !== 'serving') refuseUpgrade(socket, '503 Service Unavailable');
    else if (!upgrade) refuseUpgrade(socket, '404 Not Found');
    else upgrade(request, socket, head);
  });

  const running: Service[] = [];
  const stopServices = async () => {
    // In reverse, so that what was started on top of another stops before it.
    for (const service of running.reverse())
      await service
        .stop()
        .catch((error: unknown) => logger.error({ error, stopped: service.name }, 'did not stop cleanly'));
  };
  const answered = async () => {
    for (const response of unanswered) await new Promise((resolve) => response.once('close', resolve));
  };
  const stop = async () => {
    phase = 'stopping';
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const response of unanswered) if (!response.headersSent) response.setHeader('connection', 'close');
    await Promise.race([answered(), pause(patience, undefined, { ref: false })]);
    await stopServices();
    server.closeAllConnections();
    await closed;
  };

  await listen(server, port, host);
  try {
    for (const service of services) {
      await service.start();
      running.push(service);
    }
  } catch (error) {
    server.close();
    server.closeAllConnections();
    await stopServices();
    throw error;
  }
  phase = 'serving';
  let stopped: Promise<void> | undefined;
  return {
    port: (server.address() as { port: number }).port,
    stop: () => (stopped ??= stop()),
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

const notStarted = new AppError('unavailable', 'It starts; try again in a moment.', { retryAfter: 1 });

const notHere: RequestListener = (_request, response) =>
  refuse(response, new AppError('not_found', 'There is nothing at this path.'));

function refuse(response: ServerResponse, error: AppError): void {
  const { problem, retryAfter } = toProblem(error, newId());
  const body = JSON.stringify(problem);
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    })
    .end(body);
}

/** Answers a handshake with an error, and ends the connection at both ends: nobody else would, not even when stopping. */
export const refuseUpgrade = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
};
