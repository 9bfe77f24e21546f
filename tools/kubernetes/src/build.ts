import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './cache-directory';
import { moduleOf, modules, type ModuleName, type ProgramName } from './programs';

const run = promisify(execFile);
const folderOf = (module: ModuleName): string => join(__dirname, '..', module);

/** The machine lacks something; the message says what, and the command that installs it. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

const environmentOf = (module: ModuleName): Record<string, string> => {
  const { unlisted } = modules[module] as { unlisted?: string };
  return {
    CGO_ENABLED: '0', // one file that runs on any Linux, in an image from scratch too
    GOTOOLCHAIN: 'local', // never download a compiler in the middle of a build
    GOFLAGS: '-buildvcs=false -mod=readonly',
    ...(unlisted !== undefined && { GONOSUMDB: unlisted }),
  };
};

const go = async (module: ModuleName, args: readonly string[]): Promise<string> => {
  try {
    const { stdout } = await run('env', [...assignments(environmentOf(module)), 'go', ...args], {
      cwd: folderOf(module),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    if (/env: .go.: No such file/.test(stderr))
      throw new MissingTool('Go 1.26 or newer is needed: https://go.dev/doc/install says how to install it.');
    throw new Error(`go ${args[0] ?? ''} in tools/kubernetes/${module} failed:\n${stderr || message}`, {
      cause: error,
    });
  }
};

const assignments = (variables: Record<string, string>): string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);

/** What a program's bytes depend on: the module's own files, the compiler, and what we tell it. */
const fingerprintOf = async (module: ModuleName): Promise<string> => {
  const folder = folderOf(module);
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256')
    .update(await go(module, ['env', 'GOVERSION', 'GOOS', 'GOARCH']))
    .update(JSON.stringify(modules[module]));
  for (const name of names) hash.update(name.slice(folder.length)).update(await readFile(name));
  return hash.digest('hex').slice(0, 12);
};

const linkerFlags = async (module: ModuleName): Promise<string> => {
  const { stamps } = modules[module] as { stamps?: { of: string; variables: readonly string[] } };
  if (stamps === undefined) return '-s -w';
  const version = (await go(module, ['list', '-m', '-f', '{{.Version}}', stamps.of])).trim();
  const number = version.replace(/^v/, '');
  const [major = '', minor = ''] = number.split('.');
  const values = { $VERSION: version, $NUMBER: number, $MAJOR: major, $MINOR: minor };
  const stamp = (variable: string) =>
    `-X ${variable.replace(/\$[A-Z]+/, (name) => values[name as keyof typeof values])}`;
  return ['-s -w', ...stamps.variables.map(stamp)].join(' ');
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** One build at a time: two would fight for two cores and for 4 GB of memory each. */
let queue: Promise<unknown> = Promise.resolve();

/** Where a module's programs are or will be: a change of anything they depend on is another place. */
const placeOf = async (module: ModuleName): Promise<string> =>
  join(cacheDirectory(), 'programs', `${module}-${await fingerprintOf(module)}`);

/** Whether {@link program} would answer at once. */
export const isBuilt = async (name: ProgramName): Promise<boolean> =>
  exists(join(await placeOf(moduleOf(name)), name));

/**
 * A program, built of its pinned Go module the first time and kept outside the repository from then on.
 *
 * Takes minutes of both cores the first time (Kubernetes about five, Argo CD about four), nothing later.
 *
 * @returns the absolute path of the executable
 * @throws MissingTool when there is no Go
 */
export async function program(name: ProgramName): Promise<string> {
  const module = moduleOf(name);
  const place = await placeOf(module);
  const file = join(place, name);
  if (await exists(file)) return file;
  const build = queue.then(async () => {
    if (await exists(file)) return;
    const aside = join(place, `.${name}.${process.pid}`);
    await mkdir(place, { recursive: true });
    const main = (modules[module].programs as Record<string, string>)[name]!;
    try {
      await go(module, ['build', '-trimpath', '-ldflags', await linkerFlags(module), '-o', aside, main]);
      await rename(aside, file); // never there by half
    } finally {
      await rm(aside, { force: true });
    }
  });
  queue = build.catch(() => undefined);
  await build;
  return file;
}

/**
 * The folder of a Go module's files at the version that one of ours pins: manifests, schemas and scripts
 * come from there.
 *
 * @param module which of ours pins it
 * @param path e.g. `k8s.io/kubernetes`
 * @returns its version, the commit it was made of (where the proxy says it) and its folder, read-only
 */
export async function moduleFiles(
  module: ModuleName,
  path: string,
): Promise<{ version: string; commit: string | undefined; directory: string }> {
  const { Version, Dir, Origin, Replace } = JSON.parse(
    await go(module, ['mod', 'download', '-json', path]),
  ) as {
    Version: string;
    Dir: string;
    Origin?: { Hash?: string };
    Replace?: { Dir: string };
  };
  return { version: Version, commit: Origin?.Hash, directory: Replace?.Dir ?? Dir };
}
