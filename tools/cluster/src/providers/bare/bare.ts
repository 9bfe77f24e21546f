import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { kubectlFor } from '../../kubectl';
import { processesIn } from '../../processes';
import { gatewayPort } from '../gateway-port';
import type { ClusterOptions, Provider, Report, RunningCluster } from '../provider';
import { removeGroups } from './cgroups';
import { importArchives } from './images';
import { layoutOf, type Addresses, type Layout } from './layout';
import { installLacking, whyNotHere } from './machine';
import { memoryOf } from './memory';
import { mounts } from './mounts';
import { namespacesExist, removeNamespaces } from './namespaces';
import { addressesOf, disconnect } from './network';
import { prepare } from './prepare';
import { apiAnswers, startCluster } from './start-cluster';
import { systemImages, systemPrograms } from './system';

const running = (layout: Layout, addresses: Addresses): RunningCluster => ({
  kubeconfig: layout.kubeconfig,
  hostAddress: addresses.host,
  gateway: { host: addresses.node, port: gatewayPort },
  needsImages: true,
  loadImages: (archives) => importArchives(layout, archives),
  memory: async () => memoryOf(layout, await processesIn(layout.directory).running()),
});

async function up(cluster: ClusterOptions, report: Report): Promise<RunningCluster> {
  const layout = layoutOf(cluster);
  await installLacking(report);
  await report.step('Programs of the node', systemPrograms);
  const images = await report.step('Images of the node', systemImages);
  const addresses = await report.step('Keys, namespaces and network', () => prepare(layout));
  await startCluster(layout, addresses, images, report);
  return running(layout, addresses);
}

async function find(cluster: ClusterOptions): Promise<RunningCluster | null> {
  const layout = layoutOf(cluster);
  const addresses = await addressesOf(layout);
  if (addresses === null || !(await namespacesExist(layout))) return null;
  const answers = await apiAnswers(await kubectlFor(layout.kubeconfig))().catch(() => false);
  return answers ? running(layout, addresses) : null;
}

/** Deletes what the cluster kept, unless something is mounted in there, which must not be deleted with it. */
async function removeFiles({ home, kubeconfig }: Layout): Promise<void> {
  const held = (await mounts()).map(({ path }) => path).filter((path) => path.startsWith(`${home}/`));
  if (held.length > 0) throw new Error(`Something is mounted, so nothing is deleted: ${held.join(', ')}`);
  await rm(home, { recursive: true });
  await rm(kubeconfig, { force: true });
}

async function down(cluster: ClusterOptions, report: Report): Promise<void> {
  const layout = layoutOf(cluster);
  if (!existsSync(layout.home)) return;
  await report.step('Taking the node down', async () => {
    await removeGroups(layout);
    await processesIn(layout.directory).running(); // forgets those that have ended
    await removeNamespaces(layout);
    await disconnect(layout);
    await removeFiles(layout);
  });
}

/**
 * One node of plain processes: root on Linux is enough, no container engine. All of it lives in namespaces and
 * control groups of its own.
 */
export const bare: Provider = { name: 'bare', available: whyNotHere, up, find, down };
