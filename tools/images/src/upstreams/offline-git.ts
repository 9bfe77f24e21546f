import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { script, text, type Entry } from '../oci/entry';
import { upstreams } from './upstreams';

/**
 * What makes git read mirrors instead of upstreams: two files that lie in one folder, the first on PATH.
 *
 * @param mirrors the address or folder below which the mirrors are: `<mirrors>/<name>.git`
 */
const files = async (mirrors: string): Promise<{ git: string; configuration: string }> => ({
  git: await readFile(join(__dirname, 'git'), 'utf8'),
  configuration: (await upstreams())
    .map(({ name, repository }) =>
      [
        `[url "${mirrors}/${name}.git"]`,
        `\tinsteadOf = ${repository}`,
        `\tinsteadOf = ${repository}.git`,
        '',
      ].join('\n'),
    )
    .join(''),
});

/** The same as files of an image. */
export async function offlineGitEntries(folder: string, mirrors: string): Promise<readonly Entry[]> {
  const { git, configuration } = await files(mirrors);
  return [script(`${folder}/git`, git), text(`${folder}/mirrors.gitconfig`, configuration)];
}

/**
 * Writes a `git` that reads mirrors instead of upstreams: whoever calls it with this folder first on PATH
 * (kustomize does) fetches `https://github.com/argoproj/argo-cd` at its real commit, without a network.
 *
 * @returns the folder
 */
export async function writeOfflineGit(folder: string, mirrors: string): Promise<string> {
  const { git, configuration } = await files(mirrors);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'mirrors.gitconfig'), configuration);
  await writeFile(join(folder, 'git'), git);
  await chmod(join(folder, 'git'), 0o755);
  return folder;
}
