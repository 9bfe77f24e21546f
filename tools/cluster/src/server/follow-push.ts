import { stateBranch } from '../environments';
import { noCommit, short } from '../git/git';
import type { Follow } from './received';
import type { Push } from './webhooks';

/** What a commit of the state branch says. */
export interface Meaning {
  /** The environments that would get another release by it. */
  readonly toRelease: readonly string[];
  /** What is wrong with release files that it changed, for a person. */
  readonly problems: readonly string[];
}

export interface FollowPushPorts {
  /** The files in which two commits differ; all of `after` if `before` is {@link noCommit}. */
  changedPaths(before: string, after: string): Promise<readonly string[]>;
  /** Tells Argo CD. @returns a complaint for each part of it that couldn't be told */
  notify(push: Push): Promise<readonly string[]>;
  read(commit: string, paths: readonly string[]): Promise<Meaning>;
  /** Builds a commit, and pushes its releases on top of the state branch. */
  release(commit: string, say: (line: string) => void): Promise<void>;
}

const branchOf = (ref: string): string | undefined => /^refs\/heads\/(.+)$/.exec(ref)?.[1];

/**
 * What follows from a push: Argo CD hears of it at once; and if it changed what a release is, that is built and
 * released to the environments that follow the branch, which is a push of its own.
 *
 * Commits are built one after the other. A push itself stays, whatever comes of it: what is in git can be looked
 * at, and mended by the next push.
 */
export const followPush = ({ changedPaths, notify, read, release }: FollowPushPorts): Follow => {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const inTurn = async (build: () => Promise<void>, say: (line: string) => void): Promise<void> => {
    if (waiting > 0) say('Another push is being built; this one comes next.');
    waiting += 1;
    const turn = last.then(build).finally(() => (waiting -= 1));
    last = turn.catch(() => undefined);
    await turn;
  };

  return async (updates, say) => {
    for (const { ref, before, after } of updates) {
      const branch = branchOf(ref);
      if (branch === undefined || after === noCommit) continue;
      const paths = await changedPaths(before, after);
      for (const complaint of await notify({ branch, before, after, paths })) say(complaint);
      if (branch !== stateBranch) continue;

      const { toRelease, problems } = await read(after, paths);
      for (const problem of problems) say(`warning: ${problem}`);
      if (toRelease.length === 0) continue;
      try {
        await inTurn(() => {
          say(`Building ${short(after)} for ${toRelease.join(' and ')}`);
          return release(after, say);
        }, say);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
        say('Your commits are kept, and what runs stays as it is. Mend it and push again.');
      }
    }
  };
};
