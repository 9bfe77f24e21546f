import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pass, type Step } from '../step';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
}
type Manifest = Partial<
  Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
>;

const read = (root: string, path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** The hosts a lockfile would have everybody download from. */
export const downloadAddresses = ({ packages }: Lockfile): string[] =>
  Object.entries(packages)
    .filter(([, { resolved = '' }]) => resolved.includes('://'))
    .map(([name, { resolved }]) => `package-lock.json: ${name} is resolved to ${resolved}`);

/** Versions that may be another one tomorrow. */
export const looseVersions = (
  path: string,
  { dependencies, devDependencies, optionalDependencies }: Manifest,
): string[] =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${path}: ${name} is “${version}”, not an exact version`);

/** The lockfile names packages by hash, wherever they are downloaded from, and every version is exact. */
export const dependencies: Step = {
  name: 'dependencies',
  about: 'exact versions; no download address in the lockfile',
  run: ({ root }) => {
    const manifests = [
      'package.json',
      ...globSync('{packages,services,tools}/*/package.json', { cwd: root }),
    ];
    const wrong = [
      ...downloadAddresses(read(root, 'package-lock.json') as Lockfile),
      ...manifests.flatMap((path) => looseVersions(path, read(root, path) as Manifest)),
    ];
    return Promise.resolve(
      wrong.length === 0 ? pass : fail('dependencies: pinned and without addresses', wrong.join('\n')),
    );
  },
};
