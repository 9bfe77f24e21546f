import { isIPv4, isIPv6 } from 'node:net';
import type { Secrets } from '../state';

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/**
 * The way from pods to the git server of this machine: a Service without pods, so that its address in the
 * cluster is the same wherever the server is.
 */
export const gitService = ({ hostAddress, gitPort }: { hostAddress: string; gitPort: number }): object[] => {
  if (!isIPv4(hostAddress) && !isIPv6(hostAddress))
    throw new Error(
      `${hostAddress} is no IP address: --host-address takes the one at which pods reach this machine`,
    );
  const metadata = { name: 'git', namespace: 'git' };
  return [
    namespace('git'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ name: 'http', port: 80, targetPort: gitPort }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...metadata,
        labels: {
          'kubernetes.io/service-name': 'git',
          'endpointslice.kubernetes.io/managed-by': 'cluster.almanac.dev',
        },
      },
      addressType: isIPv6(hostAddress) ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [hostAddress], conditions: { ready: true } }],
      ports: [{ name: 'http', port: gitPort, protocol: 'TCP' }],
    },
  ];
};

/**
 * What Argo CD has to know before it starts. The secret is there when its manifests come and takes their labels;
 * the applicationset-controller gives up its webhook for good if it finds no key of sessions when it starts.
 */
export const argocdSecret = ({ webhook, sessions }: Secrets): object[] => [
  namespace('argocd'),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argocd-secret', namespace: 'argocd' },
    type: 'Opaque',
    stringData: { 'webhook.github.secret': webhook, 'server.secretkey': sessions },
  },
];
