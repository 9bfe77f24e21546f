import { historyOf, type Commit, type EnvironmentFile, type Quarantine } from '@almanac/gitops';
import { isVerified, look, type Assessment } from './assess';
import { Unreachable } from './cluster-view';
import type { Delivery } from './delivery';
import { workBetween } from './describe';

/** One environment as git and its cluster see it. */
export interface Overview {
  readonly environment: string;
  readonly release:
    { readonly id: string; readonly revision: string; readonly subject: string | undefined } | undefined;
  /** When the release was written to git; ISO 8601. */
  readonly since: string | undefined;
  /** The last release that was seen running here as it should. */
  readonly stable: string | undefined;
  /** What could come from where its releases come from. */
  readonly waiting:
    { readonly from: string; readonly release: string | undefined; readonly commits: number } | undefined;
  readonly quarantined: readonly Quarantine[];
  readonly cluster: ClusterSays;
}

export type ClusterSays =
  | ({ readonly reached: true; readonly verified: boolean } & Assessment)
  | { readonly reached: false; readonly because: string };

export async function overviewOf(
  delivery: Delivery,
  environment: EnvironmentFile,
  others: ReadonlyMap<string, EnvironmentFile>,
  commit: string,
): Promise<Overview> {
  const { repository } = delivery;
  const { name, path, release, stable, quarantined } = environment;
  const [history, released, waiting, cluster] = await Promise.all([
    historyOf(repository, commit, path),
    release && repository.commit(release.revision),
    waitingFor(delivery, environment, others),
    clusterSays(delivery, environment),
  ]);
  const changes = history.findIndex(({ file }) => file?.release?.id !== release?.id);
  const since: Commit | undefined = history.at(changes === -1 ? -1 : Math.max(changes - 1, 0))?.commit;
  return {
    environment: name,
    release: release && { id: release.id, revision: release.revision, subject: released?.subject },
    since: release && since?.at,
    stable: stable?.id,
    waiting,
    quarantined,
    cluster,
  };
}

async function waitingFor(
  { repository }: Delivery,
  { target, release }: EnvironmentFile,
  others: ReadonlyMap<string, EnvironmentFile>,
): Promise<Overview['waiting']> {
  if (target.promotesFrom !== undefined) {
    const source = others.get(target.promotesFrom)?.release;
    if (!source || source.id === release?.id) return undefined;
    const commits = await workBetween(repository, release, source);
    return { from: target.promotesFrom, release: source.id, commits: commits.length };
  }
  const tip = target.follows && (await repository.tip(target.follows));
  if (target.follows === undefined || tip === undefined || !release) return undefined;
  const commits = await workBetween(repository, release, { ...release, revision: tip });
  return commits.length === 0
    ? undefined
    : { from: target.follows, release: undefined, commits: commits.length };
}

async function clusterSays(delivery: Delivery, environment: EnvironmentFile): Promise<ClusterSays> {
  const { name, release } = environment;
  if (!release) return { reached: false, because: 'nothing was released here yet' };
  try {
    const assessment = await look(await delivery.cluster(name), environment, release);
    return { reached: true, verified: isVerified(assessment), ...assessment };
  } catch (error) {
    if (error instanceof Unreachable) return { reached: false, because: error.message };
    throw error;
  }
}
