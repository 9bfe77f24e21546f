import { globSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../git/git';

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const contentOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

/** Where npm puts packages: at the root, and in workspaces that need a version of their own. */
const packageFolders = async (root: string): Promise<readonly string[]> => {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { workspaces } = JSON.parse(manifest) as { workspaces: readonly string[] };
  return globSync(
    ['.', ...workspaces].map((folder) => join(folder, 'node_modules')),
    { cwd: root },
  );
};

/**
 * What is copied and not linked to. Our own packages are links to folders beside: copied as they are, they lead to
 * those of the checkout. npm's list of what it installed must not change when the working copy's does: npm would
 * be called to mend it, and write through the links.
 */
const copied = new Set(['@almanac', '.package-lock.json']);

const linkPackages = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (copied.has(name))
      await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(from, name), join(to, name));
  }
};

/** Notes whose packages are linked, and for which lockfile. */
const noteIn = (worktree: string) => join(worktree, '.cache', 'linked-packages.json');

/**
 * Gives a checkout the packages it needs: links to those of the working copy if its lockfile is the same,
 * which takes a moment; else none, so that it installs its own.
 *
 * @returns whether they are links
 */
export const linkNodeModules = async (workingCopy: string, worktree: string): Promise<boolean> => {
  const [theirs, ours] = await Promise.all(
    [worktree, workingCopy].map((root) => contentOf(join(root, 'package-lock.json'))),
  );
  const wanted = theirs === ours ? JSON.stringify({ workingCopy, lockfile: theirs }) : undefined;
  const noted = await contentOf(noteIn(worktree));
  if (noted === wanted) return wanted !== undefined;

  // Gone before npm comes: it would write through the links, into the working copy.
  for (const folder of await packageFolders(worktree)) await rm(join(worktree, folder), { recursive: true });
  await rm(noteIn(worktree), { force: true });
  if (wanted === undefined) return false;
  for (const folder of await packageFolders(workingCopy)) {
    if (await isThere(join(worktree, dirname(folder))))
      await linkPackages(join(workingCopy, folder), join(worktree, folder));
  }
  await mkdir(dirname(noteIn(worktree)), { recursive: true });
  await writeFile(noteIn(worktree), wanted);
  return true;
};

/**
 * Checks a commit out, at the same place each time: what is built there is the same each time, and what was
 * built before is found again.
 *
 * @param repository bare
 */
export const checkOut = async (repository: string, worktree: string, commit: string): Promise<void> => {
  if (await isThere(join(worktree, '.git'))) {
    await git(worktree, 'checkout', '--quiet', '--force', '--detach', commit);
    await git(worktree, 'clean', '--quiet', '-fd');
  } else {
    await rm(worktree, { recursive: true, force: true });
    await git(repository, 'worktree', 'prune');
    await git(repository, 'worktree', 'add', '--quiet', '--force', '--detach', worktree, commit);
  }
};
