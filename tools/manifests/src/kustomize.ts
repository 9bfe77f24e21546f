import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { makeUpstreamMirrors, writeOfflineGit } from '@almanac/images';
import { cacheDirectory, program } from '@almanac/kubernetes';
import { stringify } from 'yaml';
import { parseResources, type Resource } from './resource';

const run = promisify(execFile);

/** What an Application's `source.kustomize` adds to the folder it names. */
export interface KustomizeOptions {
  readonly namespace?: string;
  readonly nameSuffix?: string;
  /** `name=new/name@digest` or `name=new/name:tag` */
  readonly images?: readonly string[];
  readonly patches?: readonly { readonly target?: object; readonly patch: string }[];
}

export interface Kustomize {
  /**
   * Renders a folder of the repository; once, however often it is asked to.
   * @throws Error with what kustomize says
   */
  build(folder: string, options?: KustomizeOptions): Promise<Resource[]>;
}

const imageOf = (text: string): object => {
  const [, name, newName, separator, version] = /^([^=]+)=(.+?)(@|:(?=[^/]*$))(.+)$/.exec(text) ?? [];
  if (version === undefined) throw new Error(`${text} isn't name=new/name@digest or name=new/name:tag`);
  return { name, newName, [separator === '@' ? 'digest' : 'newTag']: version };
};

/** kustomize in a folder, reading upstream manifests from mirrors: nothing is asked of a network. */
export async function offlineKustomize(root: string): Promise<Kustomize> {
  const executable = await program('kustomize');
  const mirrors = join(cacheDirectory(), 'upstreams');
  await makeUpstreamMirrors(mirrors);
  const git = await writeOfflineGit(join(cacheDirectory(), 'offline-git'), mirrors);

  const build = async (folder: string): Promise<Resource[]> => {
    try {
      const { stdout } = await run(
        'sh',
        ['-c', 'PATH="$0:$PATH" exec "$1" build "$2"', git, executable, folder],
        {
          maxBuffer: 64 * 1024 * 1024,
        },
      );
      return parseResources(stdout);
    } catch (error) {
      const { stderr = '', message } = error as Error & { stderr?: string };
      throw new Error(stderr.trim() || message, { cause: error });
    }
  };

  const buildWith = async (path: string, { images = [], ...rest }: KustomizeOptions): Promise<Resource[]> => {
    // Argo CD edits the folder's own kustomization.yaml; one around it comes to the same.
    const around = await mkdtemp(join(await realpath(tmpdir()), 'almanac-manifests-'));
    try {
      const resources = [relative(around, path)];
      const kustomization = { kind: 'Kustomization', resources, images: images.map(imageOf), ...rest };
      await writeFile(join(around, 'kustomization.yaml'), stringify(kustomization));
      return await build(around);
    } finally {
      await rm(around, { recursive: true });
    }
  };

  const built = new Map<string, Promise<Resource[]>>();
  return {
    build: (folder, options) => {
      const key = JSON.stringify([folder, options]);
      const path = join(root, folder);
      const resources = built.get(key) ?? (options === undefined ? build(path) : buildWith(path, options));
      built.set(key, resources);
      return resources;
    },
  };
}
