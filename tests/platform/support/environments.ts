import { parse } from 'yaml';
import type { ReleaseBlock } from './applications';
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

/** Puts the file of an environment back to what it was in a commit, and pushes that. */
export async function pushFileOf(copy: WorkingCopy, name: string, commit: string): Promise<void> {
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await copy.git('checkout', commit, '--', environmentFile(name));
  await copy.git('commit', '--quiet', '--message', `Run what ${commit.slice(0, 7)} ran in ${name}`);
  await copy.push();
}
