import { planPromotion, writeChange, type EnvironmentFile } from '@almanac/gitops';
import { currentState, isPlatform, openState } from '../environments';
import { bot } from '../git/repository';
import { runBuild } from '../release/run-build';
import { filesOf } from '../state';

export interface FirstReleases {
  readonly directory: string;
  readonly workingCopy: string;
  readonly say: (line: string) => void;
}

const neverReleased = ({ release }: EnvironmentFile) => release === undefined;

/**
 * Sees to it that every environment has a release and the cluster the images of it. One that follows main gets
 * main's head, the others what theirs comes from: the first time there is nothing to compare it with, so nobody
 * has to verify it first. Releases that are there stay; their images are built again if they are gone.
 *
 * @returns what environments run, the product first, e.g. `dev r-3f9c1a2b7d10`
 */
export const provideReleases = async ({
  directory,
  workingCopy,
  say,
}: FirstReleases): Promise<readonly string[]> => {
  const repository = openState(filesOf(directory));
  const build = (task: 'images' | 'release', commit: string) =>
    runBuild({ task, directory, workingCopy, commit, say });

  const before = await currentState(repository);
  const revisions = before.ours
    .filter((environment) => !isPlatform(environment))
    .flatMap(({ release }) => release?.revision ?? []);
  for (const revision of new Set(revisions)) await build('images', revision);
  if (before.ours.some((one) => one.target.follows !== undefined && neverReleased(one)))
    await build('release', before.commit);

  const inOrder = promotionOrder((await currentState(repository)).ours);
  for (const { name: to, target } of inOrder.filter(neverReleased)) {
    const written = await writeChange(
      repository,
      ({ environments }) =>
        planPromotion(environments, {
          ...{ from: target.promotesFrom!, to, verified: true, skip: false },
          past: { from: [], to: [] },
          requestedBy: bot.name,
        }),
      { author: bot, ifMoved: 'plan again' },
    );
    if (written.do === 'refuse')
      throw new Error(`${to} can’t be given its first release: ${written.because}`);
  }
  const { ours } = await currentState(repository);
  return ours
    .filter((environment) => !isPlatform(environment))
    .map(({ name, release }) => `${name.split('/')[1]} ${release?.id ?? 'nothing'}`);
};

/** Those that are promoted to, each after the one that its releases come from. */
const promotionOrder = (environments: readonly EnvironmentFile[]): readonly EnvironmentFile[] => {
  const after = (name: string): readonly EnvironmentFile[] =>
    environments
      .filter(({ target }) => target.promotesFrom === name)
      .flatMap((environment) => [environment, ...after(environment.name)]);
  return environments.filter(({ target }) => target.follows !== undefined).flatMap(({ name }) => after(name));
};
