import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One npm workspace: a package, service or tool. */
export interface Workspace {
  readonly name: string;
  /** Its folder, relative to the repository's root. */
  readonly path: string;
  /** The workspaces it imports, by name; those of its tests included. */
  readonly imports: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

/** Every workspace of the repository at `root`, sorted by path. */
export function readWorkspaces(root: string): readonly Workspace[] {
  const { workspaces = [] } = readManifest(join(root, 'package.json'));
  const manifests = workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .sort()
    .map((path) => ({ path: dirname(path), manifest: readManifest(join(root, path)) }));
  const names = new Set(manifests.map(({ manifest }) => manifest.name));
  return manifests.map(({ path, manifest: { name, dependencies, devDependencies } }) => ({
    name,
    path,
    imports: Object.keys({ ...dependencies, ...devDependencies })
      .filter((dependency) => names.has(dependency))
      .sort(),
  }));
}
