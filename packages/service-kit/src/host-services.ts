import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from './logger';
import type { Metrics } from './metrics';
import { createOperations, operationPaths } from './operations';
import type { Service } from './service';

export interface Hosted {
  readonly port: number;
  /** Ordered: not ready, no new connections, services, then the rest of the connections. */
  stop(): Promise<void>;
}

export interface HostOptions {
  readonly services: readonly Service[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly port: number;
  readonly host?: string;
}

const within = (prefix: string, path: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

/** Time limits against clients that are slow on purpose (slow-loris), in milliseconds. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
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
}: HostOptions): Promise<Hosted> {
  let stopping = false;
  let started = false;
  const routes = services
    .flatMap((service) => service.paths.map((prefix) => ({ prefix, service })))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const ownerOf = (url = '/') => {
    const path = url.split('?', 1)[0]!;
    return routes.find(({ prefix }) => within(prefix, path))?.service;
  };
  const operations = createOperations(services, metrics, () => stopping || !started);
  const handle: RequestListener = (request, response) => {
    if ((operationPaths as readonly string[]).includes(request.url ?? '')) operations(request, response);
    else if (!started) response.writeHead(503, { 'retry-after': '1' }).end();
    else (ownerOf(request.url)?.handle ?? notHere)(request, response);
  };
  const server = createServer(limits, handle);
  server.on('upgrade', (request, socket, head) => {
    const upgrade = started && !stopping ? ownerOf(request.url)?.upgrade : undefined;
    if (upgrade) upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  await listen(server, port, host);
  try {
    for (const service of services) await service.start();
  } catch (error) {
    server.closeAllConnections();
    server.close();
    throw error;
  }
  started = true;
  return {
    port: (server.address() as { port: number }).port,
    stop: async () => {
      if (stopping) return;
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // In reverse, so that what was started on top of another stops before it.
      for (const service of [...services].reverse())
        await service
          .stop()
          .catch((error: unknown) => logger.error({ error, stopped: service.name }, 'did not stop cleanly'));
      server.closeAllConnections();
      await closed;
    },
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

const notHere: RequestListener = (_request, response) => {
  response
    .writeHead(404, { 'content-type': 'application/problem+json' })
    .end('{"code":"not_found","status":404,"title":"Not found"}');
};
