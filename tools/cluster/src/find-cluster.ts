import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryAddress } from './commands/server';
import { providers } from './providers';
import type { Address } from './server/forward';
import { clustersDirectory, filesOf, readSettings } from './state';

/**
 * The kubeconfig of the cluster on this machine whose git server is at this address.
 *
 * @returns undefined when no cluster of ours is synced from there, or it isn't up
 */
export async function kubeconfigOf(remote: string): Promise<string | undefined> {
  const names = await readdir(clustersDirectory()).catch(() => []);
  for (const name of names) {
    const directory = join(clustersDirectory(), name);
    const settings = await readSettings(filesOf(directory));
    if (settings && repositoryAddress(settings.gitPort) === remote)
      return (await providers[settings.provider].find({ name, directory, ...settings }))?.kubeconfig;
  }
  return undefined;
}

/**
 * How to use the cluster of this name from this machine.
 *
 * @returns undefined when there is none, or it isn't up
 */
export async function reach(name: string): Promise<{ kubeconfig: string; gateway: Address } | undefined> {
  const directory = join(clustersDirectory(), name);
  const settings = await readSettings(filesOf(directory));
  if (settings === undefined) return undefined;
  const cluster = await providers[settings.provider].find({ name, directory, ...settings });
  return cluster
    ? { kubeconfig: cluster.kubeconfig, gateway: { host: '127.0.0.1', port: settings.port } }
    : undefined;
}
