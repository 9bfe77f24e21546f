import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One npm workspace: a package, service or tool. */
export interface Workspace {
  readonly name: string;
  /** Its folder, relative to the repository's root. */
  readonly path: string;
  /** The workspaces it imports, by name. */
  readonly imports: readonly string[];
  /** Those that its tests import besides. */
  readonly testImports: readonly string[];
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
  const ours = (dependencies: Readonly<Record<string, string>> = {}) =>
    Object.keys(dependencies)
      .filter((dependency) => names.has(dependency))
      .sort();
  return manifests.map(({ path, manifest: { name, dependencies, devDependencies } }) => ({
    name,
    path,
    imports: ours(dependencies),
    testImports: ours(devDependencies),
  }));
}
