import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMap, parseAllDocuments } from 'yaml';
import type { EnvironmentFile } from '../environment';
import type { Release } from '../release';
import type { Repository } from '../repository';

const run = promisify(execFile);

/** A resource as it goes to the cluster. */
export interface Manifest {
  /** `<kind> <namespace>/<name>`, or without the namespace. */
  readonly id: string;
  readonly text: string;
}

export interface Rendering {
  /** The path of kustomize. */
  readonly kustomize: string;
  readonly repository: Repository;
  /** Where images come from, without a slash at its end. */
  readonly registry: string;
}

/** The name of a service’s image in the manifests, whichever registry it comes from. */
const imageInManifests = (service: string): string => `ghcr.io/almanac/${service}`;

/**
 * The manifests of a release in an environment, as Argo CD makes them: the overlay at the release’s
 * commit, with the environment’s namespace and the release’s digests set as `kustomize edit` does.
 *
 * @throws Error with what kustomize said
 */
export async function render(
  { kustomize, repository, registry }: Rendering,
  { overlay, namespace }: EnvironmentFile['target'],
  { revision, images }: Release,
): Promise<readonly Manifest[]> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-render-'));
  const inOverlay = { cwd: join(folder, overlay), maxBuffer: 64 * 1024 * 1024 };
  try {
    await repository.checkOut(revision, folder);
    const pinned = Object.entries(images).map(
      ([service, digest]) => `${imageInManifests(service)}=${registry}/${service}@${digest}`,
    );
    await run(kustomize, ['edit', 'set', 'namespace', namespace], inOverlay);
    if (pinned.length > 0) await run(kustomize, ['edit', 'set', 'image', ...pinned], inOverlay);
    const { stdout } = await run(kustomize, ['build', '.'], inOverlay);
    return manifestsIn(stdout);
  } catch (error) {
    const { stderr, message, code } = error as Error & { stderr?: string; code?: string };
    const reason = code === 'ENOENT' ? 'there is no such folder' : (stderr ?? message).trim();
    throw new Error(`${overlay} at ${revision.slice(0, 12)} can’t be rendered: ${reason}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const manifestsIn = (stream: string): Manifest[] => {
  const documents = parseAllDocuments(stream);
  return Array.isArray(documents)
    ? documents
        .filter(({ contents }) => isMap(contents))
        .map((document) => {
          const part = (...path: string[]): string => textOf(document.getIn(path));
          const namespace = part('metadata', 'namespace');
          const name = [namespace, part('metadata', 'name')].filter(Boolean).join('/');
          return { id: `${part('kind')} ${name}`, text: document.toString({ lineWidth: 0 }) };
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
    : [];
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
