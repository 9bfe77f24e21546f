import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { attempt, type Run } from '../../processes';
import { gatewayPort } from '../gateway-port';
import type { ClusterOptions, Provider, Report, RunningCluster } from '../provider';
import { loaderFor } from './loaders';

const kubeconfigOf = ({ directory }: ClusterOptions): string => join(directory, 'kubeconfig');

/** Whether this machine has a way to an address: nobody listening is a way, silence is none. */
const isReachable = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: gatewayPort, timeout: 2000 });
    const settle = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.on('connect', () => settle(true)).on('timeout', () => settle(false));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => settle(code === 'ECONNREFUSED'));
  });

/**
 * Any cluster that there is already, such as Minikube or k3d.
 * @param execute runs the commands of those
 */
export function createContextProvider(execute: Run): Provider {
  /** Whoever has a kubecontext has kubectl. */
  const kubectl = (...args: readonly string[]): Promise<string> => execute('kubectl', args);

  /** Asks the cluster itself, by the kubeconfig that `up` wrote. */
  const ask = (cluster: ClusterOptions, ...args: readonly string[]): Promise<string> =>
    kubectl('--kubeconfig', kubeconfigOf(cluster), ...args);

  const contextName = async ({ context }: ClusterOptions): Promise<string> =>
    context ?? (await kubectl('config', 'current-context')).trim();

  async function available(): Promise<string | null> {
    if ((await attempt(kubectl('version', '--client'))) === null)
      return 'kubectl is missing (https://kubernetes.io/docs/tasks/tools says how to install it)';
    if ((await attempt(kubectl('config', 'current-context'))) === null)
      return 'there is no current kubecontext (`kubectl config get-contexts`)';
    return null;
  }

  /** Minikube and k3d teach the cluster's DNS a name for this machine. */
  async function hostAddressFor(cluster: ClusterOptions): Promise<string> {
    if (cluster.hostAddress !== undefined) return cluster.hostAddress;
    const names = await attempt(
      ask(cluster, 'get', 'configmap', 'coredns', '--namespace=kube-system', '--output=json'),
    );
    const address = /(\d+\.\d+\.\d+\.\d+)\s+host\.(?:minikube|k3d)\.internal/.exec(names ?? '')?.[1];
    if (address !== undefined) return address;
    throw new Error(
      'It can’t be told where pods of this cluster reach this machine: say it by --host-address <IPv4 address>.',
    );
  }

  async function nodeAddress(cluster: ClusterOptions): Promise<string> {
    const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
    const addresses = await ask(cluster, 'get', 'nodes', `--output=jsonpath=${path}`);
    return addresses.split(' ').find((address) => address.includes('.')) ?? addresses;
  }

  const isReady = async (cluster: ClusterOptions): Promise<boolean> =>
    (await attempt(ask(cluster, 'get', '--raw=/readyz', '--request-timeout=5s'))) === 'ok';

  const running = async (cluster: ClusterOptions): Promise<RunningCluster> => ({
    kubeconfig: kubeconfigOf(cluster),
    hostAddress: await hostAddressFor(cluster),
    gateway: { host: await nodeAddress(cluster), port: gatewayPort },
    needsImages: false,
    loadImages: async (archives) => {
      const load = await loaderFor(execute, await contextName(cluster));
      for (const archive of archives) await load(archive);
    },
    memory: () => Promise.resolve([]),
  });

  /** The person's own kubeconfig may change its current context tomorrow; this copy doesn't. */
  async function copyKubeconfig(cluster: ClusterOptions): Promise<void> {
    const context = await contextName(cluster);
    const config = await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--context', context);
    await mkdir(cluster.directory, { recursive: true });
    await writeFile(kubeconfigOf(cluster), config, { mode: 0o600 });
    await chmod(kubeconfigOf(cluster), 0o600); // it may have been there
  }

  async function up(cluster: ClusterOptions, report: Report): Promise<RunningCluster> {
    const context = await contextName(cluster);
    const found = await report.step(`Cluster of the kubecontext ${context}`, async () => {
      await copyKubeconfig(cluster);
      if (!(await isReady(cluster)))
        throw new Error(`The cluster of the kubecontext ${context} doesn’t answer.`);
      return running(cluster);
    });
    if (!(await isReachable(found.gateway.host)))
      report.note(
        `The node ${found.gateway.host} can’t be reached from here, so the gateway can’t: run the cluster with a ` +
          `driver whose nodes have an address on this machine.`,
      );
    return found;
  }

  const find = async (cluster: ClusterOptions): Promise<RunningCluster | null> =>
    (await isReady(cluster)) ? running(cluster) : null;

  async function down(cluster: ClusterOptions): Promise<void> {
    await rm(kubeconfigOf(cluster), { force: true });
  }

  return { name: 'context', available, up, find, down };
}
