import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Says that something in a cache is of use still. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

/**
 * Deletes what wasn't of use for longest: each change of a service leaves files of megabytes behind.
 *
 * @param belongs which names in the folder to count, and to delete from
 * @param count how many may stay
 */
export async function keepNewest(
  folder: string,
  belongs: (name: string) => boolean,
  count: number,
): Promise<void> {
  const found: { path: string; time: number }[] = [];
  for (const name of (await readdir(folder)).filter(belongs)) {
    const path = join(folder, name);
    // Another process may clear the same folder.
    const status = await stat(path).catch(() => undefined);
    if (status) found.push({ path, time: status.mtimeMs });
  }
  for (const { path } of found.sort((a, b) => b.time - a.time).slice(count))
    await rm(path, { recursive: true, force: true });
}
