import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Package {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
}

const packageIn = async (folder: string): Promise<Package> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Package;

/**
 * The files behind the names under which a checkout's workspaces import each other.
 *
 * They are looked up in that checkout and not by way of `node_modules`, whose links lead to the one checkout
 * where npm ran: a commit built in a worktree would get the packages of another commit.
 *
 * @param root folder of the checkout
 * @returns e.g. `@almanac/kernel` → `<root>/packages/kernel/src/index.ts`
 */
export async function workspaceExports(root: string): Promise<ReadonlyMap<string, string>> {
  const { workspaces = [] } = await packageIn(root);
  const folders = workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((file) => join(root, dirname(file)));
  const files = new Map<string, string>();
  for (const folder of folders) {
    const { name, exports = {} } = await packageIn(folder);
    for (const [subpath, file] of Object.entries(exports)) files.set(join(name, subpath), join(folder, file));
  }
  return files;
}
