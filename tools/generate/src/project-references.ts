import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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

/**
 * TypeScript's project references, from the `dependencies` and `devDependencies` of each
 * package.json: `tsc -b` builds in the order of the references, and an import without one fails.
 *
 * References can't go in a circle. A workspace whose tests import what is built upon it (the testkit,
 * mostly) gives them a project of their own: `test/tsconfig.json`.
 */
export function projectReferences(root: string): readonly GeneratedFile[] {
  const workspaces = readWorkspaces(root);
  const pathOf = new Map(workspaces.map(({ name, path }) => [name, path]));
  const hasTestProject = (path: string) => existsSync(join(root, path, 'test/tsconfig.json'));

  const withReferences = (
    project: string,
    fallback: TsConfig,
    references: readonly string[],
  ): GeneratedFile => {
    const path = join(project, 'tsconfig.json');
    const file = join(root, path);
    const config = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TsConfig) : fallback;
    const json = JSON.stringify({ ...config, references: references.map((to) => ({ path: to })) });
    return { path, content: json.replace('{', '{\n') }; // prettier then gives each key a line of its own
  };
  const project = (path: string, imports: readonly string[]) =>
    withReferences(
      path,
      template(relative(path, '.')),
      [...imports].sort().map((name) => relative(path, pathOf.get(name) ?? name)),
    );

  const ofWorkspace = ({ name, path, imports, testImports }: Workspace): readonly GeneratedFile[] =>
    hasTestProject(path)
      ? [project(path, imports), project(join(path, 'test'), [name, ...imports, ...testImports])]
      : [project(path, [...imports, ...testImports])];

  const ofRoot = withReferences(
    '.',
    {},
    workspaces.flatMap(({ path }) => (hasTestProject(path) ? [path, join(path, 'test')] : [path])),
  );
  return [ofRoot, ...workspaces.flatMap(ofWorkspace)];
}
