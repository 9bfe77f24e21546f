import type { RequestListener, ServerResponse } from 'node:http';
import type { Metrics } from './metrics';
import type { Service } from './service';

/** The paths that the platform asks, of one service or of several in one process. Not for the gateway to route. */
export const operationPaths = ['/health/live', '/health/ready', '/metrics'] as const;

/**
 * Liveness says only that the process answers: a database that is away must not restart everything.
 * Readiness asks what the services can't work without, and says no before they have started and while they stop.
 */
export function createOperations(
  services: readonly Pick<Service, 'name' | 'readiness'>[],
  metrics: Metrics,
  phase: () => 'starting' | 'serving' | 'stopping',
): RequestListener {
  const ready = async (response: ServerResponse) => {
    const checks = services.flatMap(({ name, readiness }) =>
      Object.entries(readiness).map(async ([part, check]) => {
        const problem = await check().catch((error: unknown) =>
          error instanceof Error ? error.message : String(error),
        );
        return [`${name}/${part}`, problem] as const;
      }),
    );
    const failing = Object.fromEntries((await Promise.all(checks)).filter(([, problem]) => problem !== null));
    if (phase() !== 'serving') failing.process = phase();
    const isReady = Object.keys(failing).length === 0;
    answer(response, isReady ? 200 : 503, {
      status: isReady ? 'ready' : 'not ready',
      ...(isReady ? {} : { failing }),
    });
  };
  return (request, response) => {
    if (request.url === '/health/live') answer(response, 200, { status: 'alive' });
    else if (request.url === '/health/ready') void ready(response);
    else
      metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
  };
}

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
};
