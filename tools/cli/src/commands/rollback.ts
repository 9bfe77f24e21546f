import {
  historyOf,
  pastOf,
  planRestore,
  planRollback,
  releasesOf,
  type EnvironmentFile,
  type HistoryEntry,
  type Plan,
  type Release,
  type State,
} from '@almanac/gitops';
import { Command } from 'commander';
import {
  carryOut,
  followOptions,
  followUntilVerified,
  writeOptions,
  type FollowChoices,
  type WriteChoices,
} from '../delivery/carry-out';
import {
  clusterOptions,
  deliveryOptions,
  environmentOf,
  openDelivery,
  type Delivery,
  type DeliveryOptions,
} from '../delivery/delivery';
import { describeStep } from '../delivery/describe';
import { styleFor } from '../delivery/style';
import type { Streams } from '../streams';

interface Options extends DeliveryOptions, WriteChoices, FollowChoices {
  readonly json?: true;
  readonly because: string;
}

/** Takes the release of an environment back. */
export const rollbackCommand = (streams: Streams): Command =>
  [deliveryOptions, clusterOptions, writeOptions, followOptions]
    .reduce((command, add) => add(command), new Command('rollback'))
    .description(
      'take the release of an environment back, quarantine it, and follow until the other one runs',
    )
    .argument('<environment>', 'e.g. local/production')
    .argument('[release]', 'one that ran there before (default: the last that was seen running as it should)')
    .option('--because <reason>', 'what hurts; kept in the file and in the history', 'taken back by hand')
    .addHelpText(
      'after',
      `
One commit that changes one file: the release that ran before, and the one that hurts quarantined, so
that nothing brings it back until \`almanac resume\`. It is refused where the database has gone past what
the older code can read. A file that can’t be read gets what it said when it last could.

Examples:
  almanac rollback local/production --because "checkout answers 500"
  almanac rollback local/production r-3f9c1a2b7d10 --yes`,
    )
    .action(async (name: string, id: string | undefined, options: Options) => {
      const delivery = await openDelivery(options);
      const author = await delivery.author();
      const asked = { because: options.because, requestedBy: author.name };
      const written = await carryOut(
        delivery,
        {
          ...options,
          plan: (state) => planFor(delivery, state, name, id, asked),
          describe: async ({ before, after }) => [
            `${name}: ${before.release?.id ?? 'nothing'} → ${after.release?.id ?? 'nothing'}`,
            ...(after.release
              ? await describeStep(delivery.repository, before.release, after.release, styleFor(streams.out))
              : []),
          ],
          question: ({ after }) => `Take ${name} back to ${after.release?.id ?? 'nothing'}`,
        },
        streams,
      );
      const { release } = written?.change.after ?? {};
      if (written && release && options.wait)
        await followUntilVerified(delivery, written.change.after, release, options, streams);
    });

async function planFor(
  { repository }: Delivery,
  state: State,
  name: string,
  id: string | undefined,
  asked: { readonly because: string; readonly requestedBy: string },
): Promise<Plan> {
  const { environments, invalid, commit } = state;
  const broken = invalid.find(({ environment }) => environment === name);
  if (broken) {
    const [text = ''] = await repository.read([{ commit, path: broken.path }]);
    return planRestore({
      broken,
      text,
      past: pastOf(await historyOf(repository, commit, broken.path)),
      ...asked,
    });
  }
  const file: EnvironmentFile = environmentOf(state, name);
  const history = await historyOf(repository, commit, file.path);
  const to = id === undefined ? undefined : pastRelease(history, name, id);
  return planRollback(environments, {
    environment: name,
    ...(to && { to }),
    past: pastOf(history),
    at: new Date().toISOString(),
    ...asked,
  });
}

function pastRelease(history: readonly HistoryEntry[], name: string, id: string): Release {
  const release = releasesOf(history).find((candidate) => candidate.id === id);
  if (!release) throw new Error(`${id} never ran in ${name}: \`almanac history ${name}\` shows what did`);
  return release;
}
