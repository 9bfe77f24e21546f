import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ClusterOptions } from '../provider';
import { addressIn, formatSubnet, type Subnet } from './subnet';

/** Networks inside of a cluster. Each cluster has them to itself, so they are the same in all. */
export const networks = {
  pods: '10.244.0.0/24',
  services: '10.96.0.0/16',
  /** First address of the services: the API server. */
  kubernetes: '10.96.0.1',
  dns: '10.96.0.10',
} as const;

/** Where the parts of a bare cluster are. Nothing of it is anywhere else. */
export type Layout = ReturnType<typeof layoutOf>;

/** Two clusters may have the same name, in two folders. */
const suffixOf = (directory: string): string =>
  createHash('sha256').update(directory).digest('hex').slice(0, 8);

export function layoutOf({ name, directory }: ClusterOptions) {
  const home = join(directory, 'bare');
  const suffix = suffixOf(directory);
  return {
    directory,
    home,
    /** In the names of all that belongs to the cluster and isn't in its folder. */
    suffix,
    /** Number that differs between clusters. */
    seed: parseInt(suffix, 16),
    node: `almanac-${name}`,
    kubeconfig: join(directory, 'kubeconfig'),
    pki: join(home, 'pki'),
    /** Where the runtime looks for network plugins. */
    plugins: join(home, 'network-plugins'),
    /** Files that hold the cluster's namespaces of the kernel open, and the mount they live on. */
    namespaces: {
      mount: join(home, 'namespaces'),
      mnt: join(home, 'namespaces', 'mnt'),
      net: join(home, 'namespaces', 'net'),
      /** Is there once they are furnished. */
      sign: join(home, 'furnished'),
    },
    /** Path of the cluster's control group in every hierarchy. */
    cgroup: `/almanac-${name}-${suffix}`,
    /** The machine's end of the cable to the node; 15 characters are the most. */
    link: `almanac${suffix}`,
    subnetFile: join(home, 'subnet'),
    /** What a part of the cluster keeps, e.g. `etcd`. */
    data: (part: string) => join(home, 'data', part),
    /** Path of a configuration file. */
    configuration: (file: string) => join(home, 'configuration', file),
  };
}

/** The addresses at the two ends of the cable. */
export const addressesIn = (subnet: Subnet) => ({
  subnet: formatSubnet(subnet),
  host: addressIn(subnet, 1),
  node: addressIn(subnet, 2),
});

export type Addresses = ReturnType<typeof addressesIn>;
