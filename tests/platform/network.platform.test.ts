import { kubectl } from './support/kubectl';

/** What a connection comes to, said by Node inside of a pod. */
const script = (host: string, port: number) =>
  `require('node:net').connect({ host: '${host}', port: ${port}, timeout: 2000 })
    .on('connect', () => { console.log('connected'); process.exit(); })
    .on('timeout', () => { console.log('dropped'); process.exit(); })
    .on('error', (error) => { console.log(error.code); process.exit(); })`;

/** Connects from a pod of a service. */
const connectFrom = (namespace: string, service: string, host: string, port: number): Promise<string> =>
  kubectl(
    ...['exec', `deployment/${service}`, `--namespace=${namespace}`, '--'],
    ...['/usr/local/bin/node', '--eval', script(host, port)],
  );

const production = 'almanac-production';

describe('a pod reaches what its service needs', () => {
  test.each([
    ['task-api', 'postgres', 5432],
    ['task-api', 'web', 80],
    ['web', 'postgres', 5432],
  ])('%s → %s', async (from, to, port) => {
    expect(await connectFrom(production, from, to, port)).toBe('connected');
  });
});

describe('and nothing else', () => {
  test.each([
    ['a service that it has no business with', 'audit', 'task-api', 80],
    ['the database of another environment', 'task-api', 'postgres.almanac-dev.svc.cluster.local', 5432],
    ['the API server', 'web', 'kubernetes.default.svc.cluster.local', 443],
    ['Argo CD', 'web', 'argocd-server.argocd.svc.cluster.local', 80],
  ])('not %s', async (_what, from, to, port) => {
    expect(await connectFrom(production, from, to, port)).toBe('dropped');
  });
});
