import type { EnvironmentFile } from './environment';
import { planRelease } from './plan/release';
import { changesRelease } from './product-changed';
import type { Refusal } from './refusal';
import { makeRelease, type Release, type ReleaseContent } from './release';
import type { Identity, Repository } from './repository';
import { historyOf, releasesOf, stateAt, type State } from './state';
import { writeChange, type Written } from './write-change';

export interface ReleaseDeps {
  readonly repository: Repository;
  /** The images and schemas of the product at a commit. It takes its time: called only when it is needed. */
  readonly build: (revision: string) => Promise<Omit<ReleaseContent, 'revision'>>;
  readonly author: Identity;
}

export interface ReleaseRequest {
  /** The one to release to; one that follows `main`. */
  readonly environment: string;
  readonly revision: string;
  /** A person wants it although a release is quarantined there. */
  readonly despiteHold?: boolean;
  /** Release also when nothing of the product changed. */
  readonly always?: boolean;
  readonly requestedBy?: string;
}

export type ReleaseOutcome =
  (Written & { readonly release: Release }) | { readonly do: 'nothing'; readonly because: string } | Refusal;

/** The environments that every push to this branch is released to. */
export const following = ({ environments }: State): EnvironmentFile[] =>
  [...environments.values()].filter(({ target }) => target.follows !== undefined);

/**
 * Releases a commit of `main` to an environment that follows it, if anything of the product changed.
 *
 * Two of them may run at once: the one with the older commit doesn’t undo the newer.
 */
export async function releaseMain(deps: ReleaseDeps, request: ReleaseRequest): Promise<ReleaseOutcome> {
  const { repository, build, author } = deps;
  const { environment, revision, despiteHold = false, always = false, requestedBy = author.name } = request;

  const state = await stateAt(repository, await repository.head());
  const running = state.environments.get(environment)?.release;
  if (running && !always) {
    const paths = await repository.changed(running.revision, revision);
    if (paths && !changesRelease(environment, paths))
      return { do: 'nothing', because: `nothing of ${environment} changed since ${running.id}` };
  }
  const commit = await repository.commit(revision);
  if (!commit) throw new Error(`${repository.remote} has no commit ${revision}; push it first`);

  const plan = async (release: Release, { commit: head, environments }: State) => {
    const target = environments.get(environment);
    const present = target?.release?.revision;
    return planRelease(environments, {
      environment,
      release,
      subject: commit.subject,
      older:
        present !== undefined && present !== revision && (await repository.isAncestor(revision, present)),
      despiteHold,
      past: target ? releasesOf(await historyOf(repository, head, target.path)) : [],
      requestedBy,
    });
  };
  // What would be refused whatever is built isn’t built.
  const early = await plan(makeRelease({ revision, images: {}, schema: {} }), state);
  if (early.do === 'refuse') return early;

  const release = makeRelease({ revision, ...(await build(revision)) });
  const outcome = await writeChange(repository, (now) => plan(release, now), {
    author,
    ifMoved: 'plan again',
  });
  return outcome.do === 'written' ? { ...outcome, release } : outcome;
}
