import { existsSync, globSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '@almanac/kubernetes';
import { bundle } from './bundle';
import { fingerprint, madeOnce } from './made-once';
import { touch } from '../newest';
import { buildPage, pageSources } from './page';

/** A program that gets an image of its own. */
export interface Service {
  readonly name: string;
  /** Path of its main.ts from the top of the checkout. */
  readonly entry: string;
  /** Whether it serves a page, which lies in `services/<name>/page`. */
  readonly hasPage: boolean;
}

/** All that a checkout has: every service with a main.ts, and the program that migrates their schemas. */
export const servicesOf = (root: string): readonly Service[] =>
  globSync(['services/*/src/main.ts', 'tools/migrate/src/main.ts'], { cwd: root })
    .sort()
    .map((entry) => {
      const name = entry.split('/')[1]!;
      return { name, entry, hasPage: existsSync(join(root, 'services', name, 'page', 'index.html')) };
    });

/**
 * One of them.
 *
 * @throws Error that names those there are
 */
export function serviceNamed(root: string, name: string): Service {
  const services = servicesOf(root);
  const service = services.find((each) => each.name === name);
  if (service === undefined)
    throw new Error(
      `There is no service ${name} in ${root}, only ${services.map((each) => each.name).join(', ')}`,
    );
  return service;
}

/** What every build depends on, beside its sources: the packages that npm installed, and this recipe. */
const surroundings = async (root: string): Promise<string> => {
  const manifests = globSync('{packages,services,tools}/*/package.json', { cwd: root });
  const key = await fingerprint(root, ['package.json', 'node_modules/.package-lock.json', ...manifests]);
  if (key === undefined) throw new Error(`Nothing is installed in ${root}: npm ci`);
  return `${key}${(await fingerprint(__dirname, ['.']))!.slice(0, 8)}`;
};

/**
 * The bundle of a service, from the cache if its sources are what they were. Which files are its sources is
 * known from its last build: a file that is new can only matter if one of them changed to import it.
 */
const bundled = async (root: string, { name, entry }: Service, around: string): Promise<string> => {
  const cache = join(cacheDirectory(), 'bundles', name);
  const note = join(cache, `${around}.sources.json`);
  const placeOf = async (sources: readonly string[]): Promise<string> =>
    join(cache, `${around}-${(await fingerprint(root, sources)) ?? 'incomplete'}`);

  if (existsSync(note)) {
    const before = await placeOf(JSON.parse(await readFile(note, 'utf8')) as string[]);
    if (existsSync(before)) {
      await touch(before);
      return join(before, 'main.js');
    }
  }
  const { code, sources } = await bundle(root, entry);
  const place = await madeOnce(await placeOf(sources), async (aside) =>
    writeFile(join(aside, 'main.js'), code),
  );
  await writeFile(`${note}.${process.pid}`, JSON.stringify(sources));
  await rename(`${note}.${process.pid}`, note);
  return join(place, 'main.js');
};

const page = async (root: string, { name }: Service, around: string): Promise<string> => {
  const key = await fingerprint(root, pageSources(name));
  const place = join(cacheDirectory(), 'pages', name, `${around}-${key ?? 'incomplete'}`);
  return madeOnce(place, async (aside) => buildPage(join(root, 'services', name), aside, root));
};

/** What a service's image has in `/app`, as files of this machine. */
export interface Built {
  /** Its program, a single file. */
  readonly main: string;
  /** Folder of its page. */
  readonly page?: string;
}

/**
 * Builds a service, or takes what was built before of the same sources and packages.
 *
 * @param root folder of the checkout
 */
export async function buildService(root: string, service: Service): Promise<Built> {
  const around = await surroundings(root);
  const main = await bundled(root, service, around);
  return service.hasPage ? { main, page: await page(root, service, around) } : { main };
}
