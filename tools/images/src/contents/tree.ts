import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { link, type Entry } from '../oci/entry';

export interface TreeOptions {
  /** Which paths to take, told from the top of the tree, e.g. `lib/libpq.so`; all if not said. */
  readonly only?: (path: string) => boolean;
}

/**
 * A folder of this machine with everything in it. Whether a file can be run is kept, the rest of its rights
 * isn't: they depend on the umask of whoever installed it.
 *
 * @param at where it is in the image
 * @param from where it is on this machine
 */
export async function tree(
  at: string,
  from: string,
  { only = () => true }: TreeOptions = {},
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of await readdir(from, { recursive: true })) {
    if (!only(name)) continue;
    const source = join(from, name);
    const path = join(at, name);
    const status = await lstat(source);
    if (status.isSymbolicLink()) entries.push(link(path, await readlink(source)));
    else if (status.isFile())
      entries.push({ kind: 'copy', path, from: source, mode: status.mode & 0o100 ? 0o755 : 0o644 });
  }
  return entries;
}
