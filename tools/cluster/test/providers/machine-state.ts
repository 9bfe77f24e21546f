import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const lines = (command: string, ...args: readonly string[]): readonly string[] =>
  execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

const settings = [
  'kernel/keys/root_maxkeys',
  'kernel/panic',
  'kernel/panic_on_oops',
  'net/ipv4/ip_forward',
  'vm/overcommit_memory',
];

/**
 * What a cluster could leave behind on this machine. Of what other clusters may change meanwhile, that which
 * has one of `marks` in it.
 */
export const machineState = (marks: readonly string[]): Readonly<Record<string, readonly string[]>> => {
  const isMarked = (line: string) => marks.some((mark) => line.includes(mark));
  return {
    links: lines('ip', '-brief', 'link').filter(isMarked),
    routes: lines('ip', 'route', 'show', 'table', 'all').filter(isMarked),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter(isMarked),
    groups: lines('find', '/sys/fs/cgroup', '-type', 'd').filter(isMarked),
    processes: lines('ps', '-ww', '-e', '-o', 'pid=,args=').filter(isMarked),
    firewall: lines('nft', 'list', 'tables'),
    folders: lines('find', '/run', '/var/lib', '/var/log', '-maxdepth', '1').filter((line) =>
      /cni|calico|containerd|kubelet|containers|netns/.test(line),
    ),
    settings: settings.map((name) => `${name} = ${readFileSync(`/proc/sys/${name}`, 'utf8').trim()}`),
  };
};
