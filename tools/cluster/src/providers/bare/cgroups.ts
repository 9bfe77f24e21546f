import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../processes';
import type { Layout } from './layout';
import { mounts, type Mount } from './mounts';

/** Whether control groups are there. */
export const isHierarchy = ({ path, type }: Mount): boolean =>
  path.startsWith('/sys/fs/cgroup') && type.startsWith('cgroup');

/** What the kubelet wants to limit; version 2 hands each down one by one. */
const controllers = ['cpuset', 'cpu', 'io', 'memory', 'pids'];

/**
 * The cluster's groups, one per hierarchy of control groups: version 2 has one hierarchy, version 1 one per
 * controller, and a machine may have both.
 */
const groupsOf = async ({ cgroup }: Layout): Promise<readonly (Mount & { group: string })[]> =>
  (await mounts()).filter(isHierarchy).map((mount) => ({ ...mount, group: join(mount.path, cgroup) }));

/** Where the cluster's processes on the machine are, beside its pods: groups with members have no children. */
const nodeGroup = 'node';

/** Version 1 lets nobody into a group of CPUs before it has some. */
async function inheritCpus(group: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems'])
    await writeFile(join(group, file), await readFile(join(group, '..', file), 'utf8'));
}

async function delegate(group: string): Promise<void> {
  const available = (await readFile(join(group, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const wanted = controllers.filter((name) => available.includes(name)).map((name) => `+${name}`);
  await writeFile(join(group, 'cgroup.subtree_control'), wanted.join(' '));
}

/** Makes the cluster's groups, or completes them. */
export async function createGroups(layout: Layout): Promise<void> {
  for (const { path, type, options, group } of await groupsOf(layout)) {
    for (const directory of [group, join(group, nodeGroup)]) {
      await mkdir(directory, { recursive: true });
      if (options.includes('cpuset')) await inheritCpus(directory);
    }
    if (type === 'cgroup2') {
      await delegate(path);
      await delegate(group);
    }
  }
}

/** What a process is put before another command with: it joins the cluster's groups, then runs the command. */
export async function joinGroups(layout: Layout): Promise<readonly string[]> {
  const files = (await groupsOf(layout)).map(({ group }) => join(group, nodeGroup, 'cgroup.procs'));
  const script = 'while [ "$1" != -- ]; do echo $$ >"$1"; shift; done; shift; exec "$@"';
  return ['sh', '-euc', script, 'join-groups', ...files, '--'];
}

const tree = async (group: string): Promise<readonly string[]> => {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  const children = entries.filter((entry) => entry.isDirectory()).map(({ name }) => tree(join(group, name)));
  return [...(await Promise.all(children)).flat(), group];
};

const members = async (group: string): Promise<readonly number[]> =>
  (await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => ''))
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);

/** Every process of the cluster, those in pods and those that nobody noted. */
export async function processesOf(layout: Layout): Promise<readonly number[]> {
  const groups = (await Promise.all((await groupsOf(layout)).map(({ group }) => tree(group)))).flat();
  return [...new Set((await Promise.all(groups.map(members))).flat())];
}

/** Ends every process of the cluster at once and removes its groups. A pid can't be another's: it is a member. */
export async function removeGroups(layout: Layout): Promise<void> {
  await until('the processes of the cluster have ended', 20_000, async () => {
    const pids = await processesOf(layout);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    return pids.length === 0;
  });
  for (const { group } of await groupsOf(layout))
    await until(`${group} is empty`, 10_000, async () => {
      for (const directory of await tree(group)) await rmdir(directory).catch(() => undefined);
      return !existsSync(group);
    });
}
