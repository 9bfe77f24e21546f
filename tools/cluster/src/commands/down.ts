import { rm } from 'node:fs/promises';
import type { Terminal } from '@almanac/command-line';
import { git, gitOrNothing } from '../git/git';
import { processesIn } from '../processes';
import { providers } from '../providers';
import { reportTo } from '../report';
import { filesOf, readSettings } from '../state';
import { repositoryAddress, serverName } from './server';

export interface DownOptions {
  readonly name: string;
  readonly directory: string;
  readonly workingCopy: string;
  /** Also what outlives a cluster: its repository, images, settings and the remote of the working copy. */
  readonly wipe: boolean;
  readonly terminal: Terminal;
}

/** Ends a cluster. What isn't there is passed over, so that half a cluster can be ended as well. */
export const down = async ({ name, directory, workingCopy, wipe, terminal }: DownOptions): Promise<void> => {
  const settings = await readSettings(filesOf(directory));
  if (settings === undefined) return;
  await terminal.step({
    name: 'Git server',
    run: () => processesIn(directory).stop(serverName),
    outcome: () => 'ended',
  });
  await providers[settings.provider].down({ name, directory, ...settings }, reportTo(terminal));
  if (!wipe) return;
  await terminal.step({
    name: 'Data',
    run: async () => {
      const remote = await gitOrNothing(workingCopy, 'remote', 'get-url', name);
      if (remote === repositoryAddress(settings.gitPort)) await git(workingCopy, 'remote', 'remove', name);
      await rm(directory, { recursive: true, force: true });
    },
    outcome: () => 'deleted',
  });
};
