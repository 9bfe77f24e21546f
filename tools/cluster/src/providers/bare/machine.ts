import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages } from '@almanac/images';
import { run } from '../../processes';
import type { Report } from '../provider';
import { hasCapability } from './capabilities';
import { pluginFolders, pluginNames } from './calico';
import { isHierarchy } from './cgroups';
import { mounts } from './mounts';

/** Programs of the distribution that a node needs, and the Debian packages they come in. */
const packages: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  conntrack: 'conntrack',
  ip: 'iproute2',
  ipset: 'ipset',
  nft: 'nftables',
  nsenter: 'util-linux',
  openssl: 'openssl',
  runc: 'runc',
  unshare: 'util-linux',
};

const pluginPackage = 'containernetworking-plugins';

const isThere = (program: string): Promise<boolean> =>
  run('sh', ['-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );

const hasPlugins = (): boolean =>
  pluginFolders.some((folder) => pluginNames.every((name) => existsSync(join(folder, name))));

/** Something that a node needs, and the Debian package that has it. */
interface Lack {
  readonly thing: string;
  readonly from: string;
}

async function lacking(): Promise<readonly Lack[]> {
  const needed = Object.entries(packages).map(([thing, from]) => ({ thing, from }));
  const there = await Promise.all(needed.map(({ thing }) => isThere(thing)));
  const plugins = hasPlugins() ? [] : pluginNames.map((name) => `the network plugin ${name}`);
  const images = await missingPackages(); // nothing is pulled: images are made of what is installed
  return [
    ...needed.filter((_lack, index) => !there[index]),
    ...plugins.map((thing) => ({ thing, from: pluginPackage })),
    ...images.map((name) => ({ thing: `files of ${name}`, from: name })),
  ];
}

const packagesOf = (lacks: readonly Lack[]): readonly string[] => [...new Set(lacks.map(({ from }) => from))];

const installLine = (lacks: readonly Lack[]): string =>
  `apt-get install --yes --no-install-recommends ${packagesOf(lacks).join(' ')}`;

/** For a person; all at once, and the one command that mends it. */
export const describeLacks = (lacks: readonly Lack[]): string =>
  `${lacks.map(({ thing }) => thing).join(', ')} ${lacks.length === 1 ? 'is' : 'are'} missing ` +
  `(on Debian: ${installLine(lacks)})`;

const isDebian = (): Promise<boolean> => isThere('apt-get');

/** What keeps us from making a node, and can't be installed. */
async function obstacles(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return ['this isn’t Linux'];
  if (process.getuid?.() !== 0) return ['this isn’t root'];
  const rights = ['SYS_ADMIN', 'NET_ADMIN'] as const;
  const withheld = await Promise.all(rights.map(async (name) => ((await hasCapability(name)) ? [] : [name])));
  const hierarchies = (await mounts()).filter(isHierarchy);
  return [
    ...withheld.flat().map((name) => `root lacks CAP_${name}, as in a container that isn’t privileged`),
    ...(hierarchies.length === 0 ? ['no control groups are mounted at /sys/fs/cgroup'] : []),
  ];
}

/** Everything that keeps this machine from being a node; null if nothing does, or nothing that we can't install. */
export async function whyNotHere(): Promise<string | null> {
  const inTheWay = await obstacles();
  if (inTheWay.length > 0) return inTheWay.join(', and ');
  const lacks = await lacking();
  return lacks.length === 0 || (await isDebian()) ? null : describeLacks(lacks);
}

/** Installs what the machine lacks; on Debian only, elsewhere {@link whyNotHere} has said what is missing. */
export async function installLacking(report: Report): Promise<void> {
  const lacks = await lacking();
  if (lacks.length === 0) return;
  await report.step(`Installing ${packagesOf(lacks).join(', ')}`, async () => {
    await run('apt-get', ['update']);
    await run('env', ['DEBIAN_FRONTEND=noninteractive', ...installLine(lacks).split(' ')]);
  });
}
