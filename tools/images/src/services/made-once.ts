import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepNewest, touch } from '../newest';

const filesBelow = async (path: string): Promise<readonly string[]> => {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

/**
 * A short hash of what these files of a checkout hold.
 *
 * @param paths files and folders, told from `root`
 * @returns undefined if one of them isn't there
 */
export async function fingerprint(root: string, paths: readonly string[]): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for (const path of [...paths].sort())
      for (const file of (await filesBelow(join(root, path))).toSorted())
        hash
          .update(file.slice(root.length))
          .update('\0')
          .update(await readFile(file))
          .update('\0');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex').slice(0, 24);
}

/** How many of one kind stay: enough to go back and forth between a few commits. */
const kept = 20;

/**
 * The folder `place`, made by `make` if it isn't there: aside and renamed, so that it is never there by half.
 *
 * @param make gets the empty folder to fill
 */
export async function madeOnce(place: string, make: (aside: string) => Promise<void>): Promise<string> {
  if (await isThere(place)) {
    await touch(place);
    return place;
  }
  const aside = `${place}.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  try {
    await mkdir(aside, { recursive: true });
    await make(aside);
    await rename(aside, place).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error; // someone else made it meanwhile
    });
    await keepNewest(dirname(place), (name) => !name.endsWith('.json'), kept);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return place;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
