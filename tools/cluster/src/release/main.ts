import { basename, resolve } from 'node:path';
import { compareReleases, releaseMain, type Release } from '@almanac/gitops';
import { writeServiceImages } from '@almanac/images';
import { schemaRanges } from '@almanac/migrate';
import { currentState, isPlatform, openState } from '../environments';
import { bot } from '../git/repository';
import { providers } from '../providers';
import { filesOf, readSettings } from '../state';

/** This program is started in a checkout of the commit that it builds; see run-build.ts. */
const root = resolve(__dirname, '../../../..');

const say = (line: string) => console.log(line);

/** Builds the images of all services and gives them to the cluster. Those that didn't change are had at once. */
const build = async (directory: string) => {
  const files = filesOf(directory);
  const settings = await readSettings(files);
  const cluster =
    settings &&
    (await providers[settings.provider].find({ name: basename(directory), directory, ...settings }));
  if (!cluster) throw new Error('The cluster isn’t up, so it can’t be given images: npm run cluster');
  const images = await writeServiceImages(root, { to: files.images });
  await cluster.loadImages(Object.values(images).map(({ archive }) => archive));
  const digests = Object.entries(images).map(([service, { digest }]) => [service, digest]);
  return { images: Object.fromEntries(digests) as Record<string, string>, schema: schemaRanges() };
};

const inWords = (from: Release | undefined, to: Release): string => {
  const services = compareReleases(from, to).images.map(({ service }) => service);
  return services.length === 0 ? 'the images are the same' : `new images of ${services.join(', ')}`;
};

/** Releases this commit to each environment that follows main, if it would be another release there. */
const release = async (directory: string, revision: string): Promise<void> => {
  const repository = openState(filesOf(directory));
  const { ours } = await currentState(repository);
  let product: ReturnType<typeof build> | undefined;
  let isAhead = false;

  for (const environment of ours.filter(({ target }) => target.follows !== undefined)) {
    const { name, release: before } = environment;
    const outcome = await releaseMain(
      {
        repository,
        author: bot,
        build: () =>
          isPlatform(environment)
            ? Promise.resolve({ images: {}, schema: {} })
            : (product ??= build(directory)),
      },
      { environment: name, revision },
    );
    if (outcome.do === 'written') {
      isAhead = true;
      say(`${name} gets ${outcome.release.id}: ${inWords(before, outcome.release)}`);
    } else say(`${name} stays as it is: ${outcome.because}`);
  }
  if (isAhead) say('main is further than yours now: git pull --rebase local main');
};

const main = async (): Promise<void> => {
  const [task, directory = '', revision = ''] = process.argv.slice(2);
  if (task === 'images') await build(directory);
  else await release(directory, revision);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
