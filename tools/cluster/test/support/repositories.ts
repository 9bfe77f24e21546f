import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../../src/git/git';

/** A folder of the test's own; `remove` it in the end. */
export const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-cluster-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

export const commit = async (workingCopy: string, files: Record<string, string>): Promise<string> => {
  for (const [path, content] of Object.entries(files)) await writeFile(join(workingCopy, path), content);
  await git(workingCopy, 'add', '--all');
  await git(workingCopy, 'commit', '--quiet', '--message', `Changes ${Object.keys(files).join(', ')}`);
  return git(workingCopy, 'rev-parse', 'HEAD');
};

/** A repository with one commit on main. */
export const createWorkingCopy = async (folder: string): Promise<void> => {
  await git('/', 'init', '--quiet', '--initial-branch', 'main', folder);
  await git(folder, 'config', 'user.name', 'Test');
  await git(folder, 'config', 'user.email', 'test@almanac.example');
  await commit(folder, { 'README.md': 'begin\n' });
};
