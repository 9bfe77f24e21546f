import { lstat, mkdir, readFile, readlink, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../src/git/git';
import { checkOut, linkNodeModules } from '../src/release/worktree';
import { commit, createWorkingCopy, temporaryFolder } from './support/repositories';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let workingCopy: string;
let worktree: string;

/** A workspace as npm leaves it: a package of ours, one from the registry, and one that only ours needs. */
beforeEach(async () => {
  root = await temporaryFolder();
  [workingCopy, worktree] = [join(root.folder, 'copy'), join(root.folder, 'worktree')];
  await createWorkingCopy(workingCopy);
  for (const folder of ['packages/own/node_modules/inner', 'node_modules/@almanac', 'node_modules/other'])
    await mkdir(join(workingCopy, folder), { recursive: true });
  await symlink('../../packages/own', join(workingCopy, 'node_modules/@almanac/own'));
  await commit(workingCopy, {
    '.gitignore': 'node_modules/\n.cache/\n',
    'package.json': '{"workspaces":["packages/*"]}',
    'package-lock.json': '{}',
    'packages/own/index.js': 'one\n',
  });
  await checkOut(workingCopy, worktree, 'HEAD');
});
afterEach(() => root.remove());

it('links what comes from the registry, and leads to its own files for what is ours', async () => {
  expect(await linkNodeModules(workingCopy, worktree)).toBe(true);

  expect(await readlink(join(worktree, 'node_modules/other'))).toBe(join(workingCopy, 'node_modules/other'));
  expect(await realpath(join(worktree, 'node_modules/@almanac/own'))).toBe(join(worktree, 'packages/own'));
  expect(await readlink(join(worktree, 'packages/own/node_modules/inner'))).toBe(
    join(workingCopy, 'packages/own/node_modules/inner'),
  );
});

it('leaves links alone that are right', async () => {
  await linkNodeModules(workingCopy, worktree);
  const { ino } = await lstat(join(worktree, 'node_modules/other'));

  expect(await linkNodeModules(workingCopy, worktree)).toBe(true);
  expect((await lstat(join(worktree, 'node_modules/other'))).ino).toBe(ino);
});

it('takes the links away before packages of another lockfile are installed over them', async () => {
  await linkNodeModules(workingCopy, worktree);
  await writeFile(join(worktree, 'package-lock.json'), '{"other":true}');

  expect(await linkNodeModules(workingCopy, worktree)).toBe(false);
  await expect(lstat(join(worktree, 'node_modules'))).rejects.toThrow('ENOENT');
  await expect(lstat(join(worktree, 'packages/own/node_modules'))).rejects.toThrow('ENOENT');
  await expect(lstat(join(workingCopy, 'node_modules/other'))).resolves.toBeDefined();
});

it('keeps packages that were installed for another lockfile', async () => {
  await writeFile(join(worktree, 'package-lock.json'), '{"other":true}');
  await mkdir(join(worktree, 'node_modules/installed'), { recursive: true });

  expect(await linkNodeModules(workingCopy, worktree)).toBe(false);
  await expect(lstat(join(worktree, 'node_modules/installed'))).resolves.toBeDefined();
});

it('checks out the next commit at the same place, without what was left lying there', async () => {
  const next = await commit(workingCopy, { 'packages/own/index.js': 'two\n' });
  await writeFile(join(worktree, 'left-lying'), '');
  await writeFile(join(worktree, 'packages/own/index.js'), 'changed\n');
  await checkOut(workingCopy, worktree, next);

  expect(await readFile(join(worktree, 'packages/own/index.js'), 'utf8')).toBe('two\n');
  expect(await git(worktree, 'status', '--porcelain')).toBe('');
});
