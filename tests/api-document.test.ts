import { createAudit } from '@almanac/audit';
import { openApiDocument } from '@almanac/contracts';
import type { DatabaseConfig } from '@almanac/database';
import { createRealtime } from '@almanac/realtime';
import { createMetrics, type AppOptions, type Service } from '@almanac/service-kit';
import { createTaskApi } from '@almanac/task-api';
import { createManualClock, createManualScheduler } from '@almanac/testkit';
import { silentLogger } from '@almanac/testkit/service';
import { createWeb, generateSigningKeys } from '@almanac/web';

/** What each service binds, seen where it gives it to HTTP: `GET /api/v1/tasks/{id}` → service. */
const mockBound: [route: string, service: string][] = [];

jest.mock('@almanac/service-kit', () => ({
  ...jest.requireActual<object>('@almanac/service-kit'),
  createApp: ({ name, operations }: AppOptions) => {
    for (const { operation, path } of operations)
      mockBound.push([`${operation.method} ${path.replace(/:(\w+)/g, '{$1}')}`, name]);
    return () => undefined;
  },
}));

const database: DatabaseConfig = {
  ...{ host: '127.0.0.1', port: 1, database: 'none', user: 'nobody', password: '' },
  poolSize: 1,
};

/** All services, none of them started. */
async function createServices(): Promise<Service[]> {
  const never = () => Promise.reject(new Error('nothing is asked of it'));
  const ports = {
    bus: { publish: never, subscribe: never } as never,
    scheduler: createManualScheduler(),
    verifyToken: never,
    clock: createManualClock(),
    logger: silentLogger,
    metrics: createMetrics(),
  };
  const signingKeys = await generateSigningKeys();
  return [
    createTaskApi({ database }, ports),
    createAudit({ database }, ports),
    createRealtime({ database }, ports),
    createWeb({ database, publicUrl: 'https://almanac.test', audience: 'almanac', signingKeys }, ports),
  ];
}

let services: Service[];
beforeAll(async () => {
  services = await createServices();
});

test('what the services answer is what the OpenAPI document says, no more and no less', () => {
  const paths = openApiDocument().paths as Record<string, object>;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(mockBound.map(([route]) => route).sort()).toEqual(documented.sort());
});

test('every path of a service leads to it', () => {
  const prefixes = services.flatMap(({ name, paths }) => paths.map((prefix) => ({ prefix, name })));
  for (const [route, service] of mockBound) {
    const path = route.slice(route.indexOf(' ') + 1);
    const candidates = prefixes.filter(
      ({ prefix }) => path === prefix || path.startsWith(prefix.replace(/\/?$/, '/')),
    );
    const owner = candidates.sort((a, b) => b.prefix.length - a.prefix.length)[0];
    expect([route, owner?.name]).toEqual([route, service]);
  }
});
