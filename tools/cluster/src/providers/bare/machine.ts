import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/** What the machine lacks: the things, and the Debian packages that have them. */
async function lacking(): Promise<{ readonly things: readonly string[]; readonly from: readonly string[] }> {
  const found = await Promise.all(
    Object.keys(packages).map(async (name) => ({ name, there: await isThere(name) })),
  );
  const programs = found.filter(({ there }) => !there).map(({ name }) => name);
  const plugins = hasPlugins() ? [] : [`the network plugins ${pluginNames.join(', ')}`];
  const from = [...programs.map((name) => packages[name]!), ...(hasPlugins() ? [] : [pluginPackage])];
  return { things: [...programs, ...plugins], from: [...new Set(from)] };
}

const installLine = (names: readonly string[]): string =>
  `apt-get install --yes --no-install-recommends ${names.join(' ')}`;

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
  const { things, from } = await lacking();
  if (things.length === 0 || (await isDebian())) return null;
  return `${things.join(', ')} ${things.length === 1 ? 'is' : 'are'} missing (on Debian: ${installLine(from)})`;
}

/** Installs what the machine lacks; on Debian only, elsewhere {@link whyNotHere} has said what is missing. */
export async function installLacking(report: Report): Promise<void> {
  const { things, from } = await lacking();
  if (things.length === 0) return;
  await report.step(`Installing ${from.join(', ')}`, async () => {
    await run('apt-get', ['update']);
    await run('env', ['DEBIAN_FRONTEND=noninteractive', ...installLine(from).split(' ')]);
  });
}
