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
 */
export function projectReferences(root: string): readonly GeneratedFile[] {
  const workspaces = readWorkspaces(root);
  const pathOf = new Map(workspaces.map(({ name, path }) => [name, path]));

  const withReferences = (path: string, fallback: TsConfig, references: readonly string[]): GeneratedFile => {
    const file = join(root, path);
    const config = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TsConfig) : fallback;
    const json = JSON.stringify({ ...config, references: references.map((to) => ({ path: to })) });
    return { path, content: json.replace('{', '{\n') }; // prettier then gives each key a line of its own
  };

  const ofWorkspace = ({ path, imports }: Workspace): GeneratedFile =>
    withReferences(
      `${path}/tsconfig.json`,
      template(relative(path, '.')),
      imports.map((name) => relative(path, pathOf.get(name) ?? name)),
    );

  const ofRoot = withReferences(
    'tsconfig.json',
    {},
    workspaces.map(({ path }) => path),
  );
  return [ofRoot, ...workspaces.map(ofWorkspace)];
}
