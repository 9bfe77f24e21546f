import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { run } from '../../processes';
import type { Layout } from './layout';
import { mounts } from './mounts';

/** Where the folder of the cluster is for its processes, the same in every cluster. */
const folder = '/run/almanac';

/** Where what only they need is. */
const home = `${folder}/bare`;

/**
 * Folders that programs of a node write to whatever they are told. What the cluster writes there goes to its
 * own folder, and the machine's files stay in sight.
 */
const overlaid = ['/var/lib', '/var/log'];

/** Settings of the whole machine that the kubelet would set. It finds them set, and the machine keeps its own. */
const kernelSettings = {
  'kernel/keys/root_maxbytes': 25_000_000,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
} as const;

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const overlay = (target: string): string => {
  const own = `${home}/overlay${target}`;
  return [
    `mkdir -p ${own}/upper ${own}/work`,
    `mount -t overlay almanac -o lowerdir=${target},upperdir=${own}/upper,workdir=${own}/work ${target}`,
  ].join(' && ');
};

const pretend = (setting: string, value: number): string => {
  const file = `${home}/kernel/${setting}`;
  return [
    `mkdir -p $(dirname ${file}) && echo ${value} >${file}`,
    `if [ -e /proc/sys/${setting} ]; then mount --bind ${file} /proc/sys/${setting}; fi`,
  ].join(' && ');
};

/** What furnishes the cluster's namespaces, from the inside. */
const furnish = ({ directory, namespaces }: Layout, foreign: readonly string[]): string =>
  [
    ...foreign.map((path) => `umount ${quote(path)} || true`), // it may have gone by itself
    'mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/calico',
    `mkdir ${folder} && mount --bind ${quote(directory)} ${folder}`,
    ...overlaid.map(overlay),
    `mount --bind ${folder} ${quote(directory)}`, // it may be under an overlay now, where images can't be unpacked
    ...Object.entries(kernelSettings).map(([setting, value]) => pretend(setting, value)),
    'ip link set lo up',
    'echo 1 >/proc/sys/net/ipv4/ip_forward',
    `touch ${quote(namespaces.sign)}`,
  ].join('\n');

/** Whether the cluster's namespaces are there as a whole; they aren't after the machine was started again. */
export async function namespacesExist({ namespaces }: Layout): Promise<boolean> {
  const paths = (await mounts()).map(({ path }) => path);
  return (
    existsSync(namespaces.sign) && [namespaces.mnt, namespaces.net].every((file) => paths.includes(file))
  );
}

/** What is put before a command that is to run in the cluster's namespaces. */
export const inside = ({ namespaces }: Layout): readonly string[] => [
  'nsenter',
  `--mount=${namespaces.mnt}`,
  `--net=${namespaces.net}`,
  '--',
];

/** Runs a program in the cluster's namespaces. */
export const runInside = (layout: Layout, command: string, ...args: readonly string[]): Promise<string> => {
  const [nsenter = '', ...rest] = inside(layout);
  return run(nsenter, [...rest, command, ...args]);
};

/**
 * Gives the cluster a network and mounts of its own: it meets nobody's ports, addresses, firewall or folders,
 * and all it makes of these vanishes with its namespaces. They live on without a process in them.
 */
export async function createNamespaces(layout: Layout): Promise<void> {
  const { mount, mnt, net, sign } = layout.namespaces;
  await rm(sign, { force: true });
  await mkdir(mount, { recursive: true });
  await run('mount', ['--bind', mount, mount]);
  await run('mount', ['--make-private', mount]); // else the kernel refuses: the namespace would be in itself
  for (const file of [mnt, net]) await writeFile(file, '');
  // Another's namespace would live as long as we hold a mount of it. (The kernel doesn't pass those of mounts on.)
  const namespaces = (await mounts()).filter(({ type, root }) => type === 'nsfs' && !root.startsWith('mnt:'));
  const foreign = namespaces.map(({ path }) => path).filter((path) => path !== net);
  const script = furnish(layout, foreign);
  await run('unshare', [`--mount=${mnt}`, `--net=${net}`, '--propagation=slave', 'sh', '-euc', script]);
}

/** Lets go of the namespaces. With their last process they are gone, and all that was made in them. */
export async function removeNamespaces({ namespaces }: Layout): Promise<void> {
  const ours = [namespaces.mnt, namespaces.net, namespaces.mount];
  const held = (await mounts()).filter(({ path }) => ours.includes(path)).map(({ path }) => path);
  for (const path of held.reverse()) await run('umount', [path]);
}
