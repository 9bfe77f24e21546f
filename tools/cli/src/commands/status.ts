import { Command } from 'commander';
import {
  clusterOptions,
  deliveryOptions,
  environmentOf,
  openDelivery,
  type DeliveryOptions,
} from '../delivery/delivery';
import { overviewOf, type ClusterSays, type Overview } from '../delivery/overview';
import { ago, count, short, styleFor, type Style } from '../delivery/style';
import type { Streams } from '../streams';

/** What runs where, and what waits. */
export const statusCommand = ({ out }: Streams): Command =>
  [deliveryOptions, clusterOptions]
    .reduce((command, add) => add(command), new Command('status'))
    .description('what runs in each environment, whether it runs as it should, and what waits')
    .argument('[environment]', 'only this one, e.g. local/production')
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      `
A release runs as it should when Argo CD says Synced at its commit and Healthy, and every running
container of its services has its digest. The exit code is 2 when an environment’s file can’t be read.

Examples:
  almanac status
  almanac status local/production --json | jq .environments[0].cluster`,
    )
    .action(async (name: string | undefined, options: DeliveryOptions) => {
      const delivery = await openDelivery(options);
      const state = await delivery.state();
      const chosen = name === undefined ? [...state.environments.values()] : [environmentOf(state, name)];
      const overviews = await Promise.all(
        chosen.map((environment) => overviewOf(delivery, environment, state.environments, state.commit)),
      );
      const invalid = name === undefined ? state.invalid : [];
      if (invalid.length > 0) process.exitCode = 2;
      const { remote, branch } = delivery.repository;
      if (options.json) {
        const unreadable = invalid.map(({ path, environment, problems }) => ({
          path,
          environment,
          problems,
        }));
        const head = { remote, branch, commit: state.commit };
        return void out.write(
          `${JSON.stringify({ ...head, environments: overviews, invalid: unreadable })}\n`,
        );
      }
      const style = styleFor(out);
      const now = Date.now();
      out.write(`${style('dim', `${branch} of ${remote} at ${short(state.commit)}`)}\n`);
      for (const overview of overviews) out.write(`\n${describe(overview, style, now).join('\n')}\n`);
      for (const { environment, message } of invalid)
        out.write(
          `\n${style('bold', environment ?? '')}  ${style('red', 'its file can’t be read')}\n${indent(message)}\n`,
        );
    });

const indent = (text: string): string => text.replace(/^/gm, '  ');

function describe(overview: Overview, style: Style, now: number): string[] {
  const { environment, release, since, stable, waiting, quarantined, cluster } = overview;
  if (!release)
    return [`${style('bold', environment)}  nothing was released here yet`, ...waits(waiting, style)];
  const facts = [
    [`release`, `${short(release.revision)} ${release.subject ?? '(a commit that isn’t there any more)'}`],
    ['since', since === undefined ? 'unknown' : ago(since, now)],
    ...(stable === release.id
      ? []
      : [['stable', stable ?? 'none yet: nobody has seen a release run here as it should']]),
  ];
  return [
    `${style('bold', environment)}  ${release.id}  ${verdict(cluster, style)}`,
    ...facts.map(([fact = '', value = '']) => `  ${style('dim', fact.padEnd(10))} ${value}`),
    ...missing(cluster).map((line) => `  ${style('yellow', '!'.padEnd(10))} ${line}`),
    ...waits(waiting, style),
    ...quarantined.map(
      ({ id, at, because }) => `  ${style('red', 'quarantine')} ${id} since ${ago(at, now)}: ${because}`,
    ),
  ];
}

function verdict(cluster: ClusterSays, style: Style): string {
  if (!cluster.reached) return style('dim', 'its cluster can’t be asked');
  const words = `${cluster.sync}, ${cluster.health}`;
  return cluster.verified ? style('green', `✓ ${words}, the release’s images run`) : style('yellow', words);
}

const missing = (cluster: ClusterSays): readonly string[] =>
  cluster.reached ? cluster.missing : [cluster.because];

const waits = (waiting: Overview['waiting'], style: Style): string[] =>
  waiting === undefined
    ? []
    : [
        `  ${style('cyan', 'waiting'.padEnd(10))} ${[
          waiting.release,
          waiting.commits > 0 ? count(waiting.commits, 'commit') : undefined,
        ]
          .filter(Boolean)
          .join(', ')} from ${waiting.from}`,
      ];
