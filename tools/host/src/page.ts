import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..', '..', '..');
const web = join(root, 'services', 'web');
const built = join(web, 'dist', 'page');

/** What the page is built from. */
const sources = [
  join(web, 'page'),
  join(web, 'vite.config.ts'),
  join(root, 'packages', 'contracts', 'src'),
  join(root, 'packages', 'kernel', 'src'),
  join(root, 'package-lock.json'),
];

/** Milliseconds since the epoch of the last change; a folder's tells of files that are gone. */
const lastChange = async (path: string): Promise<number> => {
  const own = await stat(path);
  if (!own.isDirectory()) return own.mtimeMs;
  const inside = await readdir(path, { recursive: true });
  const times = await Promise.all(inside.map(async (name) => (await stat(join(path, name))).mtimeMs));
  return Math.max(own.mtimeMs, ...times);
};

const builtAt = async (): Promise<number> => {
  try {
    return (await stat(join(built, 'index.html'))).mtimeMs;
  } catch {
    return 0;
  }
};

/**
 * Builds the page if its sources are newer than what was built; aside and renamed, so that it is
 * never there by half. In a process of its own, as it takes memory that the product doesn't need.
 */
export const buildPage = async (): Promise<{ directory: string; isNew: boolean }> => {
  const changed = Math.max(...(await Promise.all(sources.map(lastChange))));
  if ((await builtAt()) > changed) return { directory: built, isNew: false };

  const { resolve } = createRequire(join(web, 'package.json'));
  const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js');
  const aside = `${built}.new`;
  try {
    await promisify(execFile)(
      process.execPath,
      [vite, 'build', '--configLoader', 'runner', '--outDir', aside, '--emptyOutDir'],
      { cwd: web },
    );
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`The page can't be built:\n${stderr?.trim() ? stderr.trim() : message}`, {
      cause: error,
    });
  }
  await rm(built, { recursive: true, force: true });
  await rename(aside, built);
  return { directory: built, isNew: true };
};
