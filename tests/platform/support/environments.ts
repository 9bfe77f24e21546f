import { parse } from 'yaml';
import { untilRunning, type ReleaseBlock } from './applications';
import type { WorkingCopy } from './working-copy';

export const environmentFile = (name: string): string => `clusters/local/environments/${name}.yaml`;

/** What an environment shall run, by its file in a commit. */
export const releaseIn = async (
  copy: WorkingCopy,
  name: string,
  commit = 'local/main',
): Promise<ReleaseBlock> => {
  if (commit.startsWith('local/')) await copy.git('fetch', '--quiet', 'local');
  const text = await copy.git('show', `${commit}:${environmentFile(name)}`);
  return (parse(text) as { release: ReleaseBlock }).release;
};

/**
 * Puts the file of an environment back to what it was in a commit, and pushes that.
 *
 * @returns when the push began, by performance.now()
 */
export async function pushFileOf(copy: WorkingCopy, name: string, commit: string): Promise<number> {
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await copy.git('checkout', commit, '--', environmentFile(name));
  await copy.git('commit', '--quiet', '--message', `Run what ${commit.slice(0, 7)} ran in ${name}`);
  const begin = performance.now();
  await copy.push();
  return begin;
}

/** Changes what one service does, a little: its image is another one. Commits nothing. */
export const changeTaskApi = (copy: WorkingCopy): Promise<void> =>
  copy.edit('services/task-api/src/app.ts', (text) =>
    text.replace(/cron: '(\d+) 3/, (_, minute) => `cron: '${(Number(minute) + 1) % 60} 3`),
  );

/** A release of dev, and a commit in which its file says so. */
export interface Released extends ReleaseBlock {
  readonly commit: string;
}

const released = async (copy: WorkingCopy): Promise<Released> => {
  const release = await releaseIn(copy, 'dev');
  return { ...release, commit: await copy.git('rev-parse', 'local/main') };
};

/** Releases a change to dev. @returns what ran there before, and what runs there now */
export async function releaseAnother(copy: WorkingCopy): Promise<readonly [Released, Released]> {
  const before = await released(copy);
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await changeTaskApi(copy);
  await copy.commit('The purge is a minute later');
  await copy.push();
  const after = await released(copy);
  await untilRunning('almanac-dev', after);
  return [before, after];
}
