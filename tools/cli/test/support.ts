import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  editEnvironment,
  makeRelease,
  parseEnvironment,
  type EnvironmentFile,
  type Release,
} from '@almanac/gitops';

export const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

export const releaseAt = (revision: string, n: number, schema = { min: 0, max: 3 }): Release =>
  makeRelease({
    revision,
    images: { 'task-api': digest(n), web: digest(1) },
    schema: { 'task-api': schema },
  });

/** The text of an environment’s file. */
export function fileOf(
  path: string,
  target: Readonly<Record<string, string>>,
  content: Partial<Pick<EnvironmentFile, 'release' | 'stable' | 'quarantined'>> = {},
): string {
  const lines = Object.entries(target).map(([key, value]) => `  ${key}: ${value}`);
  return editEnvironment(parseEnvironment(`target:\n${lines.join('\n')}\n`, path), content);
}

/** What a cluster says; a test changes it while commands look at it. */
export interface FakeCluster {
  /** By name, as argoproj.io/v1alpha1 Applications. */
  readonly applications: Map<string, object>;
  /** By namespace, as v1 Pods. */
  readonly pods: Map<string, readonly object[]>;
  /** The address of its Kubernetes API. */
  readonly address: string;
  close(): Promise<void>;
}

/** The part of the Kubernetes API that we read: an Application, and the pods of a namespace. */
export async function startFakeCluster(): Promise<FakeCluster> {
  const applications = new Map<string, object>();
  const pods = new Map<string, readonly object[]>();
  const server = createServer(({ url = '', headers }, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const refuse = (code: number, reason: string): void => {
      answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code });
    };
    if (headers.authorization !== 'Bearer secret') return refuse(401, 'Unauthorized');
    const [, application] =
      /^\/apis\/argoproj\.io\/v1alpha1\/namespaces\/argocd\/applications\/([^/?]+)$/.exec(url) ?? [];
    const [, namespace] = /^\/api\/v1\/namespaces\/([^/?]+)\/pods$/.exec(url) ?? [];
    const found = applications.get(application ?? '');
    if (found) return answer(200, found);
    if (namespace === undefined) return refuse(404, 'NotFound');
    answer(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods.get(namespace) ?? [] });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    applications,
    pods,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export const kubeconfigFor = (address: string, token = 'secret'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
  });

export const application = (path: string, revision: string, health = 'Healthy'): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'x', namespace: 'argocd' },
  spec: { source: { path } },
  status: {
    sync: { status: 'Synced', revision },
    health: { status: health },
    reconciledAt: '2026-11-21T10:00:05Z',
    operationState: { phase: 'Succeeded', finishedAt: '2026-11-21T10:00:01Z' },
    resources: [{ kind: 'Deployment', name: 'web', health: { status: health } }],
  },
});

export const pod = (service: string, image: string, extra: object = {}): object => ({
  metadata: { name: `${service}-5d9c` },
  spec: { containers: [{ name: service, image: `ghcr.io/almanac/${service}@${image}` }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: service,
        image: `ghcr.io/almanac/${service}`,
        imageID: `ghcr.io/almanac/${service}@${image}`,
        state: { running: {} },
        ...extra,
      },
    ],
  },
});
