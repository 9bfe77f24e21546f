import { run } from '../../processes';
import type { Layout } from './layout';
import { runInside } from './namespaces';

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

interface Image {
  readonly name: string;
  readonly digest: string;
}

/** What an archive holds, by the names that containerd's own annotation gives. */
async function imagesIn(archive: string): Promise<readonly Image[]> {
  const text = await run('tar', ['--extract', '--to-stdout', '--file', archive, 'index.json']);
  return (JSON.parse(text) as Index).manifests.flatMap(({ digest, annotations }) => {
    const name = annotations?.['io.containerd.image.name'];
    return name === undefined ? [] : [{ name, digest }];
  });
}

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

/** Those that the runtime has: name and digest, with a space between. */
async function loaded(layout: Layout): Promise<ReadonlySet<string>> {
  const [, ...lines] = (await ctr(layout, 'images', 'list')).split('\n');
  return new Set(lines.map((line) => line.split(/\s+/)).map(([name, , digest]) => `${name} ${digest}`));
}

async function importArchive(layout: Layout, archive: string, images: readonly Image[]): Promise<void> {
  await ctr(layout, 'images', 'import', archive);
  for (const { name } of images) {
    const canonical = canonicalName(name);
    if (canonical !== name) await ctr(layout, 'images', 'tag', '--force', name, canonical);
  }
}

/**
 * Imports the archives that have something new, two at a time: unpacking is the disk's work and the
 * processor's by turns.
 */
export async function importArchives(layout: Layout, archives: readonly string[]): Promise<void> {
  const known = await loaded(layout);
  const waiting = [...archives];
  const worker = async (): Promise<void> => {
    for (let archive = waiting.shift(); archive !== undefined; archive = waiting.shift()) {
      const images = await imagesIn(archive);
      if (images.length === 0) throw new Error(`No image in ${archive} has a name.`);
      if (!images.every(({ name, digest }) => known.has(`${canonicalName(name)} ${digest}`)))
        await importArchive(layout, archive, images);
    }
  };
  await Promise.all([worker(), worker()]);
}
