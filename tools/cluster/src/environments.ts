import { openRepository, stateAt, type EnvironmentFile, type Repository, type State } from '@almanac/gitops';
import type { ClusterFiles } from './state';

/** The branch that a cluster is synced from. */
export const stateBranch = 'main';

/** The folder below `clusters/` that says what runs on a cluster of one's own machine, whatever its name. */
const folder = 'local';

/** Whether an environment runs on a cluster of ours, and not on one of those that the repository describes as well. */
export const isOurs = ({ name }: Pick<EnvironmentFile, 'name'>): boolean => name.startsWith(`${folder}/`);

/** Whether it is the platform of a cluster, which is manifests only: others make its images. */
export const isPlatform = ({ name }: Pick<EnvironmentFile, 'name'>): boolean => name.endsWith('/platform');

/** What the cluster's repository says runs where. */
export const openState = ({ repository, clone }: ClusterFiles): Repository =>
  openRepository({ remote: repository, branch: stateBranch, cache: clone });

/** Our environments as they are now. */
export const currentState = async (
  repository: Repository,
): Promise<State & { ours: readonly EnvironmentFile[] }> => {
  const state = await stateAt(repository, await repository.head());
  return { ...state, ours: [...state.environments.values()].filter(isOurs) };
};
