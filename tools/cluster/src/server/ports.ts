import { changesRelease, following, stateAt } from '@almanac/gitops';
import { git, noCommit } from '../git/git';
import { isOurs, openState } from '../environments';
import { runBuild } from '../release/run-build';
import { filesOf, secretsOf } from '../state';
import type { FollowPushPorts } from './follow-push';
import type { ServerOptions } from './options';
import { send, type Webhook } from './webhooks';

/** Argo CD listens in two places: one refreshes Applications, the other makes them. */
const receivers = {
  'argocd-server': 'argocd.almanac.localhost',
  'applicationset-controller': 'applicationsets.almanac.localhost',
};

/** git's name of a tree without files: what a branch's first commit is compared with. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** {@link FollowPushPorts} of a real cluster. */
export const portsOf = (
  { directory, gateway }: Pick<ServerOptions, 'directory' | 'gateway'>,
  workingCopy: string,
): FollowPushPorts => {
  const files = filesOf(directory);
  const state = openState(files);
  const webhooks = Object.entries(receivers).map(([name, host]): Webhook => ({ name, host, gateway }));

  return {
    changedPaths: async (before, after) => {
      const from = before === noCommit ? emptyTree : before;
      const names = await git(files.repository, 'diff', '--name-only', '-z', '--no-renames', from, after);
      return names.split('\0').filter((name) => name !== '');
    },
    notify: async (push) => {
      const { webhook: secret } = await secretsOf(files);
      const answers = await Promise.allSettled(webhooks.map((webhook) => send(webhook, push, secret)));
      return answers.flatMap((answer, index) => {
        if (answer.status === 'fulfilled') return [];
        const { message } = answer.reason as Error;
        return `${webhooks[index]!.name} didn’t hear of it (${message}); it looks by itself every 3 minutes`;
      });
    },
    read: async (commit, paths) => {
      await state.head(); // brings the commit here
      const meant = await stateAt(state, commit);
      const ours = following(meant).filter(isOurs);
      const toRelease: string[] = [];
      // A push of release files builds nothing. It may be the one by which a build ends, which waits for it.
      if (ours.some(({ name }) => changesRelease(name, paths))) {
        for (const { name, release } of ours) {
          // From what is released, not from the push before: a build that failed is made up for.
          const since = release && (await state.changed(release.revision, commit));
          if (since === undefined || changesRelease(name, since)) toRelease.push(name);
        }
      }
      const invalid = meant.invalid.filter(({ path }) => paths.includes(path));
      return { toRelease, problems: invalid.flatMap(({ message }) => message.split('\n')) };
    },
    release: (commit, say) => runBuild({ task: 'release', directory, workingCopy, commit, say }),
  };
};
