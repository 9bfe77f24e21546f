import { readFile } from 'node:fs/promises';
import { following, gitText, releaseMain, type ReleaseContent, type ReleaseOutcome } from '@almanac/gitops';
import { schemaRanges } from '@almanac/migrate';
import { Command } from 'commander';
import { z } from 'zod';
import { Refused } from '../delivery/carry-out';
import { deliveryOptions, openDelivery, type DeliveryOptions } from '../delivery/delivery';
import { describeRefusal } from '../delivery/describe';
import { short } from '../delivery/style';
import type { Streams } from '../streams';

interface Options extends DeliveryOptions {
  readonly images?: string;
  readonly revision?: string;
  readonly despiteHold?: true;
  readonly always?: true;
}

/** Writes the release of an environment that follows main. */
export const releaseCommand = ({ out }: Streams): Command =>
  deliveryOptions(new Command('release'))
    .description('write the release of a commit to the environments that follow main')
    .argument('[environment...]', 'only these (default: all that follow main)')
    .option('--images <file>', 'JSON: the digest of each service’s image, as it was pushed to the registry')
    .option('--revision <commit>', 'of main (default: the commit that is checked out here)')
    .option('--always', 'also when nothing of the product changed')
    .option('--despite-hold', 'also where a quarantine holds it')
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      `
It builds nothing: CI does that, and on this machine the git server of \`npm run cluster\` does it at each
push. The schemas are those of the code that is checked out here. A platform needs no images.

Examples:
  almanac release --images digests.json        {"task-api": "sha256:…", "web": "sha256:…"}
  almanac release doks/platform`,
    )
    .action(async (names: string[], options: Options) => {
      const delivery = await openDelivery(options);
      const { repository } = delivery;
      const author = await delivery.author();
      const checkedOut = await gitText(['rev-parse', 'HEAD'], { cwd: process.cwd() });
      const revision = options.revision ?? checkedOut;
      const chosen = names.length > 0 ? names : following(await delivery.state()).map(({ name }) => name);

      const build = async (environment: string): Promise<Omit<ReleaseContent, 'revision'>> => {
        if (environment.endsWith('/platform')) return { images: {}, schema: {} };
        if (options.images === undefined)
          throw new Error(
            `${environment} needs --images <file>; for a local cluster, \`git push local main\` does it all`,
          );
        if (revision !== checkedOut)
          throw new Error(`${short(revision)} isn’t what is checked out here, so its schemas can’t be told`);
        return { images: await readImages(options.images), schema: schemaRanges() };
      };
      const outcomes: (ReleaseOutcome & { environment: string })[] = [];
      for (const environment of chosen) {
        const outcome = await releaseMain(
          { repository, author, build: () => build(environment) },
          {
            environment,
            revision,
            always: options.always === true,
            despiteHold: options.despiteHold === true,
          },
        );
        outcomes.push({ ...outcome, environment });
        if (!options.json) out.write(`${environment}: ${describe(outcome)}\n`);
      }
      if (options.json) out.write(`${JSON.stringify(outcomes.map(asJson))}\n`);
      const refused = outcomes.filter((outcome) => outcome.do === 'refuse');
      if (refused.length > 0) throw new Refused(refused.map(describeRefusal).join('\n'));
    });

const describe = (outcome: ReleaseOutcome): string =>
  outcome.do === 'written' ? `${outcome.release.id} written by ${short(outcome.commit)}` : outcome.because;

const asJson = (outcome: ReleaseOutcome & { environment: string }): object =>
  outcome.do === 'written'
    ? { environment: outcome.environment, do: outcome.do, commit: outcome.commit, release: outcome.release }
    : outcome;

const Images = z.record(z.string(), z.string());

async function readImages(file: string): Promise<Record<string, string>> {
  const parsed = Images.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success)
    throw new Error(`${file} must be a JSON object of services and the digests of their images`);
  return parsed.data;
}
