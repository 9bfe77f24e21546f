import {
  compareManifests,
  parseCluster,
  render,
  type EnvironmentFile,
  type Manifest,
  type Release,
  type Repository,
} from '@almanac/gitops';
import { program } from '@almanac/kubernetes';
import { Command } from 'commander';
import { deliveryOptions, environmentOf, openDelivery, type DeliveryOptions } from '../delivery/delivery';
import { describeStep, workBetween } from '../delivery/describe';
import { styleFor, type Style } from '../delivery/style';
import type { Streams } from '../streams';

/** What a promotion would change. */
export const diffCommand = ({ out }: Streams): Command =>
  deliveryOptions(new Command('diff'))
    .description('what a promotion would change: commits, images, and the rendered manifests')
    .argument('<from>', 'whose release would come, e.g. local/dev')
    .argument('<to>', 'where it would come, e.g. local/production')
    .option('--no-manifests', 'only commits and images, without rendering')
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      `
Rendered is what Argo CD would render in <to>: its overlay, with the release it has and with the one that
would come.

Examples:
  almanac diff local/dev local/production
  almanac diff doks/staging doks/production --json | jq -r .manifests[].id`,
    )
    .action(async (from: string, to: string, options: DeliveryOptions & { readonly manifests: boolean }) => {
      const { repository, ...delivery } = await openDelivery(options);
      const state = await delivery.state();
      const [source, target] = [environmentOf(state, from), environmentOf(state, to)];
      if (!source.release) throw new Error(`nothing was released to ${from} yet`);
      const [before, after] = options.manifests
        ? await renderBoth(repository, state.commit, target, source.release)
        : [[], []];
      const differences = compareManifests(before, after);
      if (options.json) {
        const commits = await workBetween(repository, target.release, source.release);
        const releases = { from: target.release?.id, to: source.release.id };
        return void out.write(`${JSON.stringify({ ...releases, commits, manifests: differences })}\n`);
      }
      const style = styleFor(out);
      if (source.release.id === target.release?.id) return void out.write(`both have ${source.release.id}\n`);
      out.write(`${to}: ${target.release?.id ?? 'nothing'} → ${source.release.id}\n`);
      const step = await describeStep(repository, target.release, source.release, style, Infinity);
      for (const line of step) out.write(`${line}\n`);
      for (const { id, how, diff } of differences)
        out.write(`\n${style('bold', id)} ${how}\n${how === 'changed' ? coloured(diff, style) : ''}`);
    });

const coloured = (diff: string, style: Style): string =>
  diff
    .split('\n')
    .map(
      (line) =>
        `${line.startsWith('+') ? style('green', line) : line.startsWith('-') ? style('red', line) : line}\n`,
    )
    .join('');

/** The manifests of an environment with the release it has, and with another one. */
async function renderBoth(
  repository: Repository,
  commit: string,
  { name, target, release }: EnvironmentFile,
  coming: Release,
): Promise<[readonly Manifest[], readonly Manifest[]]> {
  const path = `clusters/${name.split('/')[0] ?? ''}/cluster.yaml`;
  const [facts] = await repository.read([{ commit, path }]);
  const registry = facts === undefined ? 'ghcr.io/almanac' : parseCluster(facts, path).spec.registry;
  const rendering = { repository, kustomize: await program('kustomize'), registry };
  return [release ? await render(rendering, target, release) : [], await render(rendering, target, coming)];
}
