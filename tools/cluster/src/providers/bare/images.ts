import { run } from '../../processes';
import type { Layout } from './layout';
import { runInside } from './namespaces';

interface Index {
  readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}

/** The names that an archive gives its images: containerd's own annotation, with a registry in it. */
export const namesIn = async (archive: string): Promise<readonly string[]> => {
  const index = JSON.parse(
    await run('tar', ['--extract', '--to-stdout', '--file', archive, 'index.json']),
  ) as Index;
  return index.manifests.flatMap(({ annotations }) => annotations?.['io.containerd.image.name'] ?? []);
};

/**
 * The name under which the runtime looks for an image: with its registry, and where there is a digest without
 * the tag beside it.
 */
export const canonicalName = (reference: string): string => {
  const [withTag = '', digest] = reference.split('@');
  const parts = withTag.split('/');
  const isRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!);
  const full = isRegistry ? withTag : `docker.io/${parts.length > 1 ? '' : 'library/'}${withTag}`;
  const repository = full.replace(/:[^:/]+$/, '');
  if (digest !== undefined) return `${repository}@${digest}`;
  return full === repository ? `${repository}:latest` : full;
};

/** ctr speaks to the containerd at the usual address, which in there is the cluster's own. */
const ctr = (layout: Layout, ...args: readonly string[]): Promise<string> =>
  runInside(layout, 'ctr', '--namespace=k8s.io', ...args);

const importArchive = async (layout: Layout, archive: string): Promise<void> => {
  await ctr(layout, 'images', 'import', archive);
  for (const name of await namesIn(archive)) {
    const canonical = canonicalName(name);
    if (canonical !== name) await ctr(layout, 'images', 'tag', '--force', name, canonical);
  }
};

/** Imports archives, two at a time: unpacking is the disk's work and the processor's by turns. */
export async function importArchives(layout: Layout, archives: readonly string[]): Promise<void> {
  const waiting = [...archives];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await importArchive(layout, next);
  };
  await Promise.all([worker(), worker()]);
}
