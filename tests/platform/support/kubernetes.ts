import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

/** What the tests read of any Kubernetes object. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export interface Application extends KubernetesObject {
  readonly spec: {
    readonly source: {
      readonly targetRevision: string;
      readonly path: string;
      readonly kustomize?: { readonly images?: readonly string[] };
    };
    readonly destination: { readonly namespace: string };
    readonly syncPolicy?: { readonly automated?: unknown };
  };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly syncResult?: { readonly revision: string };
    };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly history?: readonly { readonly id: number; readonly revision: string }[];
    readonly resources?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly status?: string;
    }[];
  };
}

export interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly imageID: string;
      readonly state: { readonly waiting?: { readonly reason: string; readonly message?: string } };
    }[];
  };
}

export interface Kubernetes {
  /** @returns the object, or null when there is none */
  get<Item = KubernetesObject>(path: string): Promise<Item | null>;
  list<Item = KubernetesObject>(path: string): Promise<readonly Item[]>;
  /** Deletes the object; it's no error when there is none. */
  delete(path: string): Promise<void>;
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

/** Reads the API over one connection: a kubectl for each look would cost more than what is measured. */
export function connect(kubeconfig: string): Kubernetes {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const decode = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({ keepAlive: true, ca: decode(ca), cert: decode(cert), key: decode(key) });

  const send = <Item>(method: 'GET' | 'DELETE', path: string): Promise<Item | null> =>
    new Promise((resolve, reject) => {
      const call = request(new URL(path, server), { agent, method, timeout: 10_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if (response.statusCode === 404) resolve(null);
          else if (response.statusCode === 200 || response.statusCode === 202)
            resolve(JSON.parse(text) as Item);
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in 10 s`)));
      call.on('error', reject).end();
    });

  return {
    get: (path) => send('GET', path),
    list: async <Item>(path: string) => (await send<{ items: readonly Item[] }>('GET', path))?.items ?? [],
    delete: async (path) => {
      await send('DELETE', path);
    },
  };
}

const argo = '/apis/argoproj.io/v1alpha1/namespaces/argocd';

export const paths = {
  applications: `${argo}/applications`,
  applicationSets: `${argo}/applicationsets`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
  deployments: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
} as const;

/** Takes requests and isn't about to end. */
export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

/** The digests that really run: what the container runtime says, not what was asked for. */
export const runningDigests = (pods: readonly Pod[]): string[] =>
  [
    ...new Set(
      pods.flatMap(({ status }) =>
        (status.containerStatuses ?? []).map(({ imageID }) => imageID.replace(/^.*@/, '')),
      ),
    ),
  ].sort();
