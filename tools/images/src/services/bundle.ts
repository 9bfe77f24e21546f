import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { workspaceExports } from './workspaces';

/** A service as one file, and what it was made of. */
export interface Bundle {
  readonly code: string;
  /** Source files of the checkout, told from its top; packages of npm aren't among them. */
  readonly sources: readonly string[];
}

/** Imports of our own packages, found in this checkout. */
const ownPackages = (files: ReadonlyMap<string, string>): Plugin => ({
  name: 'own-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^@almanac\// }, ({ path }) => {
      const file = files.get(path);
      return file === undefined
        ? { errors: [{ text: `no workspace of this checkout exports ${path}` }] }
        : { path: file };
    });
  },
});

const optionalPeersOf = async (importer: string): Promise<readonly string[]> => {
  const [, home] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(importer) ?? [];
  if (home === undefined) return [];
  const { peerDependenciesMeta = {} } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  return Object.entries(peerDependenciesMeta).flatMap(([name, { optional }]) => (optional ? [name] : []));
};

/**
 * Packages that a library can use and we don't (drivers of other databases, native speed-ups) stay a `require`
 * that fails when it is called. Only those that the library itself says it can do without: anything else
 * that can't be found is an error of the build.
 */
const optionalPeers: Plugin = {
  name: 'optional-peers',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...args }) => {
      if (pluginData === optionalPeers || isBuiltin(path)) return undefined;
      const [name] = /^(@[^/]+\/)?[^/]+/.exec(path) ?? [];
      if (!(await optionalPeersOf(args.importer)).includes(name!)) return undefined;
      const { importer, kind, resolveDir } = args;
      const { errors } = await resolve(path, { importer, kind, resolveDir, pluginData: optionalPeers });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

/**
 * Bundles a program of a checkout into one CommonJS file: the same sources and packages give the same bytes,
 * in whatever folder the checkout is. Comments aren't in it (but licences'), so that a change of one rolls nothing.
 *
 * @param root folder of the checkout, with its `node_modules` or a link to those of another
 * @param entry path of the program's main.ts from there
 */
export async function bundle(root: string, entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, 'main.js'),
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    preserveSymlinks: true, // paths of node_modules stand in the output: not where a link leads to
    tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: false } },
    legalComments: 'eof',
    logLevel: 'silent', // errors are thrown
    logOverride: { 'empty-import-meta': 'error' }, // CommonJS has none: the code would read undefined
    plugins: [ownPackages(await workspaceExports(root)), optionalPeers],
  });
  return {
    code: outputFiles[0]!.text,
    sources: Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/')),
  };
}
