import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { moduleFiles } from '@almanac/kubernetes';
import { upstreams, type Upstream } from './upstreams';

const run = promisify(execFile);

/** A bare repository with the files of an upstream at its pinned commit. */
export interface Mirror {
  readonly upstream: Upstream;
  /** Folder of the bare repository: `<to>/<name>.git`. */
  readonly path: string;
  /** The mirror's own commit; the upstream's is the name of the ref that leads to it. */
  readonly commit: string;
}

/** Whoever makes a mirror makes the same one: no time and no name of this machine gets into its commit. */
const someone = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
  `GIT_${role}_NAME=Almanac`,
  `GIT_${role}_EMAIL=almanac@almanac.example`,
  `GIT_${role}_DATE=1970-01-01T00:00:00Z`,
]);

/** Runs git on one repository, untouched by anybody's configuration. */
const gitIn = (repository: string, cwd = '/') => {
  const alone = ['GIT_CONFIG_NOSYSTEM=1', 'GIT_CONFIG_GLOBAL=/dev/null', `GIT_DIR=${repository}`];
  return async (...args: string[]): Promise<string> => {
    const { stdout } = await run('env', [...alone, ...someone, 'git', ...args], { cwd });
    return stdout.trim();
  };
};

/** The module's folder; its version must be the one whose commit upstreams.yaml names. */
const filesOf = async ({ name, tag, module, pinnedBy }: Upstream): Promise<string> => {
  const { version, directory } = await moduleFiles(pinnedBy, module);
  if (version === tag) return directory;
  throw new Error(
    `tools/images/upstreams.yaml has ${name} at ${tag}, tools/kubernetes/${pinnedBy}/go.mod at ${version}: ` +
      `name the same version in both, and its commit in the first.`,
  );
};

const make = async (upstream: Upstream, path: string): Promise<void> => {
  const aside = `${path}.${process.pid}`;
  const files = await filesOf(upstream);
  const git = gitIn(aside, files);
  try {
    await mkdir(aside, { recursive: true });
    await git('init', '--quiet', '--bare', '--initial-branch=main');
    const worktree = ['-c', 'core.bare=false', '-c', 'core.fileMode=false', `--work-tree=${files}`];
    await git(...worktree, 'add', '--force', '--', upstream.folder);
    const commit = await git(
      'commit-tree',
      await git('write-tree'),
      '-m',
      `${upstream.name} ${upstream.tag}`,
    );
    for (const ref of ['refs/heads/main', `refs/tags/${upstream.tag}`, pin(upstream)])
      await git('update-ref', ref, commit);
    await rm(path, { recursive: true, force: true });
    await rename(aside, path); // never there by half
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
};

const pin = ({ commit }: Upstream): string => `refs/pins/${commit}`;

/** Undefined where there is no repository, or one of another version. */
const pinned = async (upstream: Upstream, path: string): Promise<string | undefined> => {
  try {
    return await gitIn(path)('rev-parse', '--verify', '--quiet', pin(upstream));
  } catch {
    return undefined;
  }
};

/**
 * Makes a bare repository of each upstream from the files of its Go module, unless it is there already.
 *
 * @param to the folder for them
 * @throws Error when upstreams.yaml and a go.mod disagree about the version
 */
export async function makeUpstreamMirrors(to: string): Promise<readonly Mirror[]> {
  const mirrors: Mirror[] = [];
  for (const upstream of await upstreams()) {
    const path = join(to, `${upstream.name}.git`);
    if ((await pinned(upstream, path)) === undefined) await make(upstream, path);
    mirrors.push({ upstream, path, commit: (await pinned(upstream, path))! });
  }
  return mirrors;
}
