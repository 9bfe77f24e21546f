import { readFile } from 'node:fs/promises';

export interface Mount {
  readonly path: string;
  /** What of the filesystem is mounted: a folder in it, or e.g. `net:[4026532201]`. */
  readonly root: string;
  /** Type of the filesystem, e.g. `cgroup2`. */
  readonly type: string;
  /** Options of the filesystem itself, e.g. `rw,memory`. */
  readonly options: readonly string[];
}

/** Spaces and the like are written as octal numbers there; see proc_pid_mountinfo(5). */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

export const parseMounts = (mountinfo: string): readonly Mount[] =>
  mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [mount = '', filesystem = ''] = line.split(' - ');
      const [type = '', , options = ''] = filesystem.split(' ');
      const [, , , root = '', path = ''] = mount.split(' ');
      return { path: unescape(path), root: unescape(root), type, options: options.split(',') };
    });

/** What is mounted on this machine, in the order of mounting. */
export const mounts = async (): Promise<readonly Mount[]> =>
  parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
