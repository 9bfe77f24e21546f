import {
  historyOf,
  planPromotion,
  releasesOf,
  type EnvironmentFile,
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
import { Unreachable } from '../delivery/cluster-view';
import {
  clusterOptions,
  deliveryOptions,
  environmentOf,
  openDelivery,
  type Delivery,
  type DeliveryOptions,
} from '../delivery/delivery';
import { describeStep } from '../delivery/describe';
import { settled } from '../delivery/follow';
import { styleFor } from '../delivery/style';
import type { Streams } from '../streams';

interface Options extends DeliveryOptions, WriteChoices, FollowChoices {
  readonly json?: true;
  readonly release?: string;
  readonly skip?: true;
  readonly unverified?: true;
}

/** Gives an environment the release of the one before it. */
export const promoteCommand = (streams: Streams): Command =>
  [deliveryOptions, clusterOptions, writeOptions, followOptions]
    .reduce((command, add) => add(command), new Command('promote'))
    .description('give an environment the release of another one, and follow it until it runs')
    .argument('<from>', 'where the release runs, e.g. local/dev')
    .argument('<to>', 'where it shall run, e.g. local/production')
    .option('--release <id>', 'one that ran in <from> before, instead of that which does')
    .option('--skip', 'although <to> takes its releases from another environment')
    .option('--unverified', 'although nobody has seen it run in <from> as it should')
    .addHelpText(
      'after',
      `
Only a verified release is promoted: one that <from> has as its stable release, or that is seen there
now: Synced and Healthy, with the digests of the release in its containers.

Examples:
  almanac promote local/dev local/production
  almanac promote doks/staging doks/production --yes --timeout 20m     in CI
  almanac promote local/dev local/production --release r-3f9c1a2b7d10  a step in between`,
    )
    .action(async (from: string, to: string, options: Options) => {
      const delivery = await openDelivery(options);
      const { repository } = delivery;
      const state = await delivery.state();
      const source = environmentOf(state, from);
      environmentOf(state, to);
      const release = options.release
        ? await pastRelease(delivery, state, source, options.release)
        : source.release;
      const missing = options.unverified ? [] : await whatIsMissing(delivery, source, release, streams);
      const author = await delivery.author();

      const past = async (at: State, name: string): Promise<Release[]> =>
        releasesOf(await historyOf(repository, at.commit, environmentOf(at, name).path));
      const written = await carryOut(
        delivery,
        {
          ...options,
          plan: async (now) => {
            const plan = planPromotion(now.environments, {
              ...{ from, to, ...(release && { release }), skip: options.skip === true },
              verified: missing.length === 0,
              past: { from: await past(now, from), to: await past(now, to) },
              requestedBy: author.name,
            });
            return plan.do === 'refuse' && plan.code === 'unverified'
              ? { ...plan, because: [plan.because, ...missing.map((line) => `  ${line}`)].join('\n') }
              : plan;
          },
          describe: async ({ before, after }) => [
            `${to}: ${before.release?.id ?? 'nothing'} → ${after.release!.id}, from ${from}`,
            ...(await describeStep(repository, before.release, after.release!, styleFor(streams.out))),
          ],
          question: ({ after }) => `Promote ${after.release!.id} to ${to}`,
        },
        streams,
      );
      if (written && options.wait)
        await followUntilVerified(
          delivery,
          written.change.after,
          written.change.after.release!,
          options,
          streams,
        );
    });

/** @throws Error when it never ran there */
async function pastRelease(
  { repository }: Delivery,
  { commit }: State,
  { name, path }: EnvironmentFile,
  id: string,
): Promise<Release> {
  const release = releasesOf(await historyOf(repository, commit, path)).find(
    (candidate) => candidate.id === id,
  );
  if (!release) throw new Error(`${id} never ran in ${name}: \`almanac history ${name}\` shows what did`);
  return release;
}

/** ms that an environment has to settle before its release is refused. */
const patience = 60_000;

/** Why this release can’t be called verified where it runs; nothing, if it can. */
async function whatIsMissing(
  delivery: Delivery,
  source: EnvironmentFile,
  release: Release | undefined,
  { err }: Streams,
): Promise<readonly string[]> {
  if (!release || source.stable?.id === release.id) return [];
  if (source.release?.id !== release.id)
    return [`it doesn’t run there now, ${source.release?.id ?? 'nothing'} does`];
  try {
    let said = false;
    return await settled(await delivery.cluster(source.name), source, release, {
      timeout: patience,
      say: ([first]) => {
        if (!said) err.write(`${source.name} is at it still (${first}); waiting for it\n`);
        said = true;
      },
    });
  } catch (error) {
    if (error instanceof Unreachable) return [error.message];
    throw error;
  }
}
