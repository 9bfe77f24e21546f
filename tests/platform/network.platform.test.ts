import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program } from '@almanac/kubernetes';
import { platform } from './support/platform';

/** What a connection comes to, said by Node inside of a pod. */
const script = (host: string, port: number) =>
  `require('node:net').connect({ host: '${host}', port: ${port}, timeout: 2000 })
    .on('connect', () => { console.log('connected'); process.exit(); })
    .on('timeout', () => { console.log('dropped'); process.exit(); })
    .on('error', (error) => { console.log(error.code); process.exit(); })`;

/** Connects from a pod of a service. */
async function connectFrom(namespace: string, service: string, host: string, port: number): Promise<string> {
  const { stdout } = await promisify(execFile)(await program('kubectl'), [
    ...['--kubeconfig', platform().kubeconfig, '--namespace', namespace],
    ...['exec', `deployment/${service}`, '--', '/usr/local/bin/node', '--eval', script(host, port)],
  ]);
  return stdout.trim();
}

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
