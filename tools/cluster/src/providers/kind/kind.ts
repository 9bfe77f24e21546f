import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, until, type Run } from '../../processes';
import { gatewayPort } from '../gateway-port';
import type { ClusterOptions, Provider, Report, RunningCluster } from '../provider';

/** Kindnet enforces NetworkPolicies since this version. */
const oldest = [0, 24];

const nameOf = ({ name }: ClusterOptions): string => `almanac-${name}`;
const nodeOf = (cluster: ClusterOptions): string => `${nameOf(cluster)}-control-plane`;
const kubeconfigOf = ({ directory }: ClusterOptions): string => join(directory, 'kubeconfig');

const configuration = {
  kind: 'Cluster',
  apiVersion: 'kind.x-k8s.io/v1alpha4',
  nodes: [
    {
      role: 'control-plane',
      // 0: a port of this machine that is free; several clusters can't share one
      extraPortMappings: [
        { containerPort: gatewayPort, hostPort: 0, listenAddress: '127.0.0.1', protocol: 'TCP' },
      ],
    },
  ],
};

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0]! || (major === oldest[0] && minor >= oldest[1]!);
};

const firstAddress = (text: string | null): string | undefined =>
  /^(\d+\.\d+\.\d+\.\d+)\b/m.exec(text ?? '')?.[1];

/**
 * A node in a container: needs a Docker engine and `kind`.
 * @param execute runs their commands
 */
export function createKindProvider(execute: Run): Provider {
  const docker = (...args: readonly string[]): Promise<string> => execute('docker', args);
  const kind = (args: readonly string[], input?: string): Promise<string> =>
    execute('kind', args, { ...(input !== undefined && { input }) });

  async function available(): Promise<string | null> {
    const [engine, version] = await Promise.all([
      attempt(docker('info', '--format={{.ServerVersion}}')),
      attempt(kind(['version', '--quiet'])),
    ]);
    const lacks = [
      ...(engine === null ? ['no Docker engine answers (`docker info`)'] : []),
      ...(version === null
        ? ['kind is missing (https://kind.sigs.k8s.io/docs/user/quick-start says how to install it)']
        : []),
      ...(version !== null && !isNewEnough(version.trim())
        ? [`kind ${version.trim()} doesn’t enforce NetworkPolicies: ${oldest.join('.')} or newer does`]
        : []),
    ];
    return lacks.length === 0 ? null : lacks.join(', and ');
  }

  const exists = async (cluster: ClusterOptions): Promise<boolean> =>
    (await kind(['get', 'clusters', '--quiet'])).split('\n').includes(nameOf(cluster));

  /** The node brings its own kubectl. */
  const isReady = async (cluster: ClusterOptions): Promise<boolean> => {
    const asAdministrator = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf'];
    const answer = await attempt(docker('exec', nodeOf(cluster), ...asAdministrator, 'get', '--raw=/readyz'));
    return answer === 'ok';
  };

  /** Docker Desktop has a name for this machine; on Linux it is the gateway of the nodes' network. */
  async function hostAddressFor(cluster: ClusterOptions): Promise<string> {
    const named = await attempt(
      docker('exec', nodeOf(cluster), 'getent', 'ahostsv4', 'host.docker.internal'),
    );
    const gateways = '--format={{range .IPAM.Config}}{{println .Gateway}}{{end}}';
    const address = firstAddress(named) ?? firstAddress(await docker('network', 'inspect', 'kind', gateways));
    if (address === undefined)
      throw new Error('The network of kind has no IPv4 gateway: `docker network inspect kind`.');
    return address;
  }

  async function gatewayOf(cluster: ClusterOptions): Promise<RunningCluster['gateway']> {
    const [, host, port] =
      /^(.+):(\d+)$/m.exec(await docker('port', nodeOf(cluster), `${gatewayPort}/tcp`)) ?? [];
    return { host: host!, port: Number(port) };
  }

  /** What the node's processes hold for themselves; files in the cache don't count. */
  async function anonymousMemory(cluster: ClusterOptions): Promise<number | null> {
    const statistics = await attempt(docker('exec', nodeOf(cluster), 'cat', '/sys/fs/cgroup/memory.stat'));
    const bytes = /^anon (\d+)$/m.exec(statistics ?? '')?.[1];
    return bytes === undefined ? null : Number(bytes);
  }

  const running = async (cluster: ClusterOptions): Promise<RunningCluster> => ({
    kubeconfig: kubeconfigOf(cluster),
    hostAddress: await hostAddressFor(cluster),
    gateway: await gatewayOf(cluster),
    needsImages: false,
    loadImages: async (archives) => {
      for (const archive of archives)
        await kind(['load', 'image-archive', archive, '--name', nameOf(cluster)]);
    },
    memory: async () => {
      const bytes = await anonymousMemory(cluster);
      return bytes === null ? [] : [{ name: nodeOf(cluster), bytes }];
    },
  });

  async function up(cluster: ClusterOptions, report: Report): Promise<RunningCluster> {
    const target = ['--name', nameOf(cluster), '--kubeconfig', kubeconfigOf(cluster)];
    await report.step('kind', async () => {
      if (await exists(cluster)) {
        await docker('start', nodeOf(cluster)); // it may have been stopped, with the machine for instance
        await kind(['export', 'kubeconfig', ...target]);
      } else {
        await kind(
          ['create', 'cluster', ...target, '--config', '-', '--wait', '3m'],
          JSON.stringify(configuration),
        );
      }
      await until('the API server answers', 60_000, () => isReady(cluster));
    });
    return running(cluster);
  }

  const find = async (cluster: ClusterOptions): Promise<RunningCluster | null> =>
    (await isReady(cluster)) ? running(cluster) : null;

  async function down(cluster: ClusterOptions, report: Report): Promise<void> {
    if (!(await exists(cluster))) return;
    await report.step('Deleting the kind cluster', async () => {
      await kind(['delete', 'cluster', '--name', nameOf(cluster), '--kubeconfig', kubeconfigOf(cluster)]);
      await rm(kubeconfigOf(cluster), { force: true });
    });
  }

  return { name: 'kind', available, up, find, down };
}
