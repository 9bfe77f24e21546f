import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installNetworkPlugins } from './calico';
import { createGroups, removeGroups } from './cgroups';
import type { Addresses, Layout } from './layout';
import { createNamespaces, namespacesExist, removeNamespaces } from './namespaces';
import { chooseAddresses, connect } from './network';
import { createPki, kubeconfigOf } from './pki';

/** Without its namespaces, which a restart of the machine takes, nothing of a cluster can go on. */
async function beginAnew(layout: Layout): Promise<void> {
  await removeGroups(layout);
  await removeNamespaces(layout);
  await createNamespaces(layout);
}

/** Makes all that a cluster's processes find when they start. What is there already stays. */
export async function prepare(layout: Layout): Promise<Addresses> {
  await mkdir(join(layout.home, 'volumes'), { recursive: true });
  const addresses = await chooseAddresses(layout);
  await createPki(layout, addresses);
  await copyFile(kubeconfigOf(layout, 'admin'), layout.kubeconfig);
  await chmod(layout.kubeconfig, 0o600);
  if (!(await namespacesExist(layout))) await beginAnew(layout);
  await createGroups(layout);
  await connect(layout, addresses);
  await installNetworkPlugins(layout);
  return addresses;
}
