import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { GeneratedFile } from './generated-file';
import { readWorkspaces, type Workspace } from './workspaces';

interface TsConfig {
  readonly references?: readonly { readonly path: string }[];
}

/** What a new workspace begins with. Its owner may add to it; only `references` is generated. */
const template = (toRoot: string): TsConfig & Record<string, unknown> => ({
  extends: `${toRoot}/tsconfig.base.json`,
  compilerOptions: { rootDir: '.', outDir: 'dist' },
  include: ['src', 'test'],
});

/** The folders within a workspace that are projects of their own: `test`, or a page for the browser. */
const innerProjects = (root: string, path: string): readonly string[] =>
  globSync(`${path}/*/tsconfig.json`, { cwd: root }).map(dirname).sort();

/**
 * TypeScript's project references, from the `dependencies` and `devDependencies` of each
 * package.json: `tsc -b` builds in the order of the references, and an import without one fails.
 *
 * References can't go in a circle. A workspace whose tests import what is built upon it (the testkit,
 * mostly) gives them a project of their own: `test/tsconfig.json`. Other projects within a workspace
 * name their references themselves.
 */
export function projectReferences(root: string): readonly GeneratedFile[] {
  const workspaces = readWorkspaces(root);
  const pathOf = new Map(workspaces.map(({ name, path }) => [name, path]));

  /** The project at `path`, with references to these projects. */
  const project = (path: string, fallback: TsConfig, references: readonly string[]): GeneratedFile => {
    const file = join(root, path, 'tsconfig.json');
    const config = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TsConfig) : fallback;
    const json = JSON.stringify({
      ...config,
      references: references.map((to) => ({ path: relative(path, to) })),
    });
    // With a line break at its beginning, prettier gives each key a line of its own.
    return { path: relative(root, file), content: json.replace('{', '{\n') };
  };
  const importing = (path: string, imports: readonly string[]) =>
    project(
      path,
      template(relative(join(root, path), root)),
      [...imports].sort().map((name) => pathOf.get(name) ?? name),
    );

  const ofWorkspace = ({ name, path, imports, testImports }: Workspace): readonly GeneratedFile[] => {
    const tests = join(path, 'test');
    return innerProjects(root, path).includes(tests)
      ? [importing(path, imports), importing(tests, [name, ...imports, ...testImports])]
      : [importing(path, [...imports, ...testImports])];
  };

  const all = workspaces.flatMap(({ path }) => [path, ...innerProjects(root, path)]);
  return [project('', {}, all), ...workspaces.flatMap(ofWorkspace)];
}
