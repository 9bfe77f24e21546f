import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editCluster, gitText, parseCluster } from '@almanac/gitops';
import { Command } from 'commander';
import type { Streams } from '../streams';

interface Options {
  readonly registry?: string;
  readonly json?: true;
}

/** Makes a fork one’s own. */
export const initCommand = ({ out }: Streams): Command =>
  new Command('init')
    .description('set this repository’s address, in a fork: where Argo CD reads it and where images are')
    .argument('[address]', 'https://… (default: that of the git remote origin)')
    .option('--registry <path>', 'where images are pushed to (default: ghcr.io/<owner>, of a GitHub address)')
    .addHelpText(
      'after',
      `
Changes the facts of each cluster (clusters/*/cluster.yaml) in the working copy, for you to commit. A
cluster on one’s own machine, which has a git server of its own, stays as it is.

Example:
  almanac init https://github.com/ada/almanac && git commit -am "This fork is ours"`,
    )
    .action(async (given: string | undefined, options: Options) => {
      const root = await gitText(['rev-parse', '--show-toplevel'], { cwd: process.cwd() });
      const repository = asHttps(given ?? (await gitText(['remote', 'get-url', 'origin'], { cwd: root })));
      const registry = options.registry ?? registryOf(repository);
      if (registry === undefined)
        throw new Error(
          `where are the images of ${repository}? Say --registry <path>, such as registry.example/ada`,
        );
      for (const path of globSync('clusters/*/cluster.yaml', { cwd: root }).sort()) {
        const file = join(root, path);
        const text = await readFile(file, 'utf8');
        const isOwn = new URL(parseCluster(text, path).spec.repository).hostname.endsWith(
          '.svc.cluster.local',
        );
        const edited = isOwn ? text : editCluster(text, path, { repository, registry });
        if (edited !== text) await writeFile(file, edited);
        out.write(
          `${path}: ${isOwn ? 'has a git server of its own' : edited === text ? 'is so already' : repository}\n`,
        );
      }
    });

/** `git@github.com:ada/almanac.git` → `https://github.com/ada/almanac`: Argo CD and webhooks compare addresses. */
function asHttps(address: string): string {
  const [, host, path] = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+)$/.exec(address) ?? [];
  return (host === undefined ? address : `https://${host}/${path!}`).replace(/\.git$/, '');
}

const registryOf = (repository: string): string | undefined => {
  const [, owner] = /^https:\/\/github\.com\/([^/]+)\//.exec(repository) ?? [];
  return owner === undefined ? undefined : `ghcr.io/${owner.toLowerCase()}`;
};
