import { writeFile } from 'node:fs/promises';
import { applying, kubectlFor, type Kubectl } from '../../kubectl';
import { processesIn, type ProcessDefinition, type Processes } from '../../processes';
import type { Report } from '../provider';
import { calicoDefinitions, calicoRoles, felix, type Health } from './calico';
import { joinGroups } from './cgroups';
import { containerd } from './containerd';
import { apiServer, controllerManager, etcd, scheduler } from './control-plane';
import { importArchives } from './images';
import type { Addresses, Layout } from './layout';
import { manifestsOf, type ManifestPart } from './manifests';
import { inside, runInside } from './namespaces';
import { kubelet, kubeProxy } from './node';
import type { SystemImages } from './system';

/** How long each part may take to answer, in ms; on a busy machine some take ten times as long as usual. */
const patience = { runtime: 30_000, api: 60_000, felix: 60_000, node: 120_000, pods: 120_000 };

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

const runtimeAnswers = (layout: Layout) => () => runInside(layout, 'ctr', 'version').then(() => true);

const felixIsReady =
  ({ host, port }: Health) =>
  async () =>
    (await fetch(`http://${host}:${port}/readiness`, { signal: AbortSignal.timeout(2000) })).ok;

export const apiAnswers = (kubectl: Kubectl) => async (): Promise<boolean> =>
  (await kubectl('get', '--raw=/readyz', '--request-timeout=2s')) === 'ok';

const nodeIsReady =
  (kubectl: Kubectl, { node }: Layout) =>
  async () => {
    const status = '{.status.conditions[?(@.type=="Ready")].status}';
    return (await kubectl('get', 'node', node, `--output=jsonpath=${status}`)) === 'True';
  };

const apply = (kubectl: Kubectl, part: ManifestPart): Promise<string> =>
  kubectl(...applying, '--kustomize', manifestsOf(part));

async function applyCalico(kubectl: Kubectl, layout: Layout): Promise<void> {
  const roles = layout.configuration('calico-roles.yaml');
  await writeFile(roles, await calicoRoles());
  await kubectl(...applying, '--filename', roles, '--filename', await calicoDefinitions());
  const kinds = ['clusterinformations', 'felixconfigurations', 'ippools'];
  const definitions = kinds.map((kind) => `crd/${kind}.crd.projectcalico.org`);
  await kubectl('wait', '--for=condition=Established', '--timeout=20s', ...definitions);
  await apply(kubectl, 'calico');
}

const rolledOut = (kubectl: Kubectl, namespace: string, deployment: string): Promise<string> =>
  kubectl(
    ...['rollout', 'status', `deployment/${deployment}`],
    ...['--namespace', namespace, `--timeout=${patience.pods / 1000}s`],
  );

/** Starts what doesn't run of a cluster, and waits until pods get a network, a name and volumes. */
export async function startCluster(
  layout: Layout,
  addresses: Addresses,
  images: SystemImages,
  report: Report,
): Promise<void> {
  const processes = processesIn(layout.directory);
  const kubectl = await kubectlFor(layout.kubeconfig);
  const start = starter(layout, processes);

  const startControlPlane = async () => {
    await start(etcd(layout), apiServer(layout, addresses));
    await processes.expect('kube-apiserver', 'the API server answers', patience.api, apiAnswers(kubectl));
    await start(controllerManager(layout), scheduler(layout));
  };

  const startRuntime = async () => {
    await start(containerd(layout, images.sandbox));
    const answers = runtimeAnswers(layout);
    await processes.expect('containerd', 'the container runtime answers', patience.runtime, answers);
    await importArchives(layout, images.archives);
  };

  const startNode = async () => {
    await apply(kubectl, 'access');
    await start(kubelet(layout, addresses), kubeProxy(layout));
    await applyCalico(kubectl, layout);
    const health = { host: addresses.node, port: 9099 };
    await start(felix(layout, health));
    const enforces = felixIsReady(health);
    await processes.expect('calico-felix', 'NetworkPolicies are enforced', patience.felix, enforces);
    await processes.expect('kubelet', 'the node is ready', patience.node, nodeIsReady(kubectl, layout));
  };

  const startPods = async () => {
    await apply(kubectl, 'coredns');
    await apply(kubectl, 'local-path');
    await rolledOut(kubectl, 'kube-system', 'coredns');
    await rolledOut(kubectl, 'local-path-storage', 'local-path-provisioner');
  };

  await Promise.all([
    report.step('Control plane', startControlPlane),
    report.step('Container runtime', startRuntime),
  ]);
  await report.step('Node and network', startNode);
  await report.step('DNS and volumes', startPods);
}
