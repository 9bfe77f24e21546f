import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thirdPartyReferences, writeThirdPartyImages } from '@almanac/images';
import { cacheDirectory, program, type ProgramName } from '@almanac/kubernetes';
import { applying, kubectlFor, type Kubectl } from '../../kubectl';
import { processesIn, type ProcessDefinition, type Processes } from '../../processes';
import { gatewayPort } from '../gateway-port';
import type { ClusterOptions, Provider, Report, RunningCluster } from '../provider';
import { calicoDefinitions, calicoRoles, felix, installNetworkPlugins } from './calico';
import { createGroups, joinGroups, removeGroups } from './cgroups';
import { containerd } from './containerd';
import { apiServer, controllerManager, etcd, scheduler } from './control-plane';
import { importArchives } from './images';
import { layoutOf, type Addresses, type Layout } from './layout';
import { installLacking, whyNotHere } from './machine';
import { memoryOf } from './memory';
import { mounts } from './mounts';
import { createNamespaces, inside, namespacesExist, removeNamespaces, runInside } from './namespaces';
import { addressesOf, chooseAddresses, connect, disconnect } from './network';
import { kubelet, kubeProxy } from './node';
import { createPki, kubeconfigOf } from './pki';
import { imagesOfManifests, manifestsOf, type ManifestPart } from './manifests';

const programs: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'calico-cni',
  'calico-felix',
];

/** ms */
const patience = { runtime: 30_000, api: 60_000, felix: 60_000, node: 120_000, pods: 120_000 };

const running = (layout: Layout, addresses: Addresses): RunningCluster => ({
  kubeconfig: layout.kubeconfig,
  hostAddress: addresses.host,
  gateway: { host: addresses.node, port: gatewayPort },
  needsImages: true,
  loadImages: (archives) => importArchives(layout, archives),
  memory: async () => memoryOf(layout, await processesIn(layout.directory).running()),
});

/** A process that lives in the cluster's control group and namespaces. */
async function within(layout: Layout, definition: ProcessDefinition): Promise<ProcessDefinition> {
  const [command, ...args] = [...(await joinGroups(layout)), ...inside(layout), definition.command];
  return { ...definition, command, args: [...args, ...definition.args] };
}

const starter =
  (layout: Layout, processes: Processes) =>
  async (...definitions: readonly Promise<ProcessDefinition>[]): Promise<void> => {
    for (const definition of definitions) await processes.start(await within(layout, await definition));
  };

async function prepare(layout: Layout): Promise<Addresses> {
  const addresses = await chooseAddresses(layout);
  await createPki(layout, addresses);
  await createGroups(layout);
  if (!(await namespacesExist(layout))) {
    await removeGroups(layout); // what is left of a cluster whose namespaces are gone can't go on
    await removeNamespaces(layout);
    await createGroups(layout);
    await createNamespaces(layout);
  }
  await connect(layout, addresses);
  await installNetworkPlugins(layout);
  return addresses;
}

const runtimeAnswers = (layout: Layout) => () => runInside(layout, 'ctr', 'version').then(() => true);

const felixIsReady = (address: string) => () =>
  fetch(`http://${address}/readiness`, { signal: AbortSignal.timeout(2000) }).then(({ ok }) => ok);

const apiAnswers = (kubectl: Kubectl) => async () =>
  (await kubectl('get', '--raw=/readyz', '--request-timeout=2s')) === 'ok';

const nodeIsReady =
  (kubectl: Kubectl, { node }: Layout) =>
  async () => {
    const status = '{.status.conditions[?(@.type=="Ready")].status}';
    return (await kubectl('get', 'node', node, `--output=jsonpath=${status}`)) === 'True';
  };

const apply = (kubectl: Kubectl, part: ManifestPart): Promise<string> =>
  kubectl(...applying, '--kustomize', manifestsOf(part));

async function installCalico(kubectl: Kubectl, layout: Layout): Promise<void> {
  const roles = layout.configuration('calico-roles.yaml');
  await writeFile(roles, await calicoRoles());
  await kubectl(...applying, '--filename', roles, '--filename', await calicoDefinitions());
  const kinds = ['clusterinformations', 'felixconfigurations', 'ippools'];
  const definitions = kinds.map((kind) => `crd/${kind}.crd.projectcalico.org`);
  await kubectl('wait', '--for=condition=Established', '--timeout=20s', ...definitions);
  await apply(kubectl, 'calico');
}

const available = (kubectl: Kubectl, namespace: string, deployment: string): Promise<string> =>
  kubectl(
    ...['rollout', 'status', `deployment/${deployment}`],
    ...['--namespace', namespace, `--timeout=${patience.pods / 1000}s`],
  );

async function up(cluster: ClusterOptions, report: Report): Promise<RunningCluster> {
  const layout = layoutOf(cluster);
  await installLacking(report);
  await report.step('Programs of the node', () => Promise.all(programs.map(program)));
  const sandboxImage = (await thirdPartyReferences()).pause!;
  const archives = await report.step('Images of the node', async () =>
    writeThirdPartyImages([sandboxImage, ...(await imagesOfManifests())], {
      to: join(cacheDirectory(), 'images'),
    }),
  );
  await mkdir(layout.home, { recursive: true });
  const addresses = await report.step('Keys, namespaces and network', () => prepare(layout));
  await copyFile(kubeconfigOf(layout, 'admin'), layout.kubeconfig);
  await chmod(layout.kubeconfig, 0o600);

  const kubectl = await kubectlFor(layout.kubeconfig);
  const processes = processesIn(layout.directory);
  const start = starter(layout, processes);
  const health = { host: addresses.node, port: 9099 };
  await Promise.all([
    report.step('Control plane', async () => {
      await start(etcd(layout), apiServer(layout, addresses));
      await processes.expect('kube-apiserver', 'the API server answers', patience.api, apiAnswers(kubectl));
      await start(controllerManager(layout), scheduler(layout));
    }),
    report.step('Container runtime', async () => {
      await start(containerd(layout, sandboxImage));
      await processes.expect(
        'containerd',
        'the container runtime answers',
        patience.runtime,
        runtimeAnswers(layout),
      );
      await importArchives(layout, archives);
    }),
  ]);
  await report.step('Node', async () => {
    await apply(kubectl, 'access');
    await start(kubelet(layout, addresses), kubeProxy(layout));
    await installCalico(kubectl, layout);
    await start(felix(layout, health));
    await processes.expect(
      'calico-felix',
      'the network plugin is ready',
      patience.felix,
      felixIsReady(`${health.host}:${health.port}`),
    );
    await processes.expect('kubelet', 'the node is ready', patience.node, nodeIsReady(kubectl, layout));
  });
  await report.step('DNS and volumes', async () => {
    await mkdir(join(layout.home, 'volumes'), { recursive: true });
    await apply(kubectl, 'coredns');
    await apply(kubectl, 'local-path');
    await available(kubectl, 'kube-system', 'coredns');
    await available(kubectl, 'local-path-storage', 'local-path-provisioner');
  });
  return running(layout, addresses);
}

async function find(cluster: ClusterOptions): Promise<RunningCluster | null> {
  const layout = layoutOf(cluster);
  const addresses = await addressesOf(layout);
  if (addresses === null || !(await namespacesExist(layout))) return null;
  const answers = await apiAnswers(await kubectlFor(layout.kubeconfig))().catch(() => false);
  return answers ? running(layout, addresses) : null;
}

async function down(cluster: ClusterOptions, report: Report): Promise<void> {
  const layout = layoutOf(cluster);
  if (!existsSync(layout.home)) return;
  await report.step('Taking the node down', async () => {
    await removeGroups(layout);
    await processesIn(layout.directory).running(); // forgets those that have ended
    await removeNamespaces(layout);
    await disconnect(layout);
    const held = (await mounts()).filter(({ path }) => path.startsWith(`${layout.home}/`));
    if (held.length > 0)
      throw new Error(`Still mounted, so left alone: ${held.map(({ path }) => path).join(', ')}`);
    await rm(layout.home, { recursive: true });
    await rm(layout.kubeconfig, { force: true });
  });
}

/**
 * One node of plain processes: root on Linux is enough, no container engine. All of it lives in namespaces and
 * control groups of its own.
 */
export const bare: Provider = { name: 'bare', available: whyNotHere, up, find, down };
