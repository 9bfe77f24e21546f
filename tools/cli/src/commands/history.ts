import { historyOf, type HistoryEntry } from '@almanac/gitops';
import { Command } from 'commander';
import { deliveryOptions, environmentOf, openDelivery, type DeliveryOptions } from '../delivery/delivery';
import { ago, columns, short, styleFor } from '../delivery/style';
import type { Streams } from '../streams';

/** What happened to an environment. */
export const historyCommand = ({ out }: Streams): Command =>
  deliveryOptions(new Command('history'))
    .description('what happened to an environment, newest first: git log of its one file')
    .argument('<environment>', 'e.g. local/production')
    .option('-n, --limit <number>', 'how far back', Number, 20)
    .option('--json', 'for scripts: with every trailer')
    .addHelpText(
      'after',
      `
Examples:
  almanac history local/production
  almanac history local/production --json | jq '.[] | select(.trailers["Rollback-Of"])'`,
    )
    .action(async (name: string, options: DeliveryOptions & { readonly limit: number }) => {
      const { repository, ...delivery } = await openDelivery(options);
      const state = await delivery.state();
      const path =
        state.invalid.find(({ environment }) => environment === name)?.path ??
        environmentOf(state, name).path;
      const history = await historyOf(repository, state.commit, path, options.limit);
      if (options.json) return void out.write(`${JSON.stringify(history.map(asJson))}\n`);
      const style = styleFor(out);
      const now = Date.now();
      const rows = history.map(({ commit, file }) => [
        short(commit.id),
        ago(commit.at, now),
        file?.release?.id ?? (file ? '–' : 'unreadable'),
        commit.author.name,
      ]);
      columns(rows).forEach((line, index) => {
        out.write(`${style('dim', line)}  ${history[index]!.commit.subject}\n`);
      });
    });

const asJson = ({ commit, file }: HistoryEntry): object => ({
  ...{ commit: commit.id, at: commit.at, by: commit.author.name, subject: commit.subject },
  trailers: commit.trailers,
  release: file?.release?.id,
  stable: file?.stable?.id,
  quarantined: file?.quarantined.map(({ id }) => id),
});
