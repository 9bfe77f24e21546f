import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { keepNewest, touch } from '../newest';
import type { Layer } from './layer';

/** How a container of an image is started; the names are those of the OCI image specification. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  /** `NAME=value` */
  readonly Env: readonly string[];
  /** `uid:gid`, by number: Kubernetes can't tell from a name whether it is root. */
  readonly User: string;
  readonly WorkingDir: string;
  readonly StopSignal?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface Image {
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Blob {
  readonly content: string;
  readonly descriptor: Descriptor;
}

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };
const platform = { os: 'linux', architecture: architectures[process.arch] ?? process.arch };

const blob = (mediaType: string, value: unknown): Blob => {
  const content = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { content, descriptor: { mediaType, digest, size: Buffer.byteLength(content) } };
};

const describe = ({ layers, config }: Image): { config: Blob; manifest: Blob } => {
  const configuration = blob('application/vnd.oci.image.config.v1+json', {
    created: new Date(0).toISOString(), // the only moment that is the same for everyone
    ...platform,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(() => ({ created: new Date(0).toISOString() })),
  });
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: configuration.descriptor,
    layers: layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      digest,
      size,
    })),
  });
  return { config: configuration, manifest };
};

/** The digest by which a registry, a manifest and a release know this image. */
export const digestOf = (image: Image): string => describe(image).manifest.descriptor.digest;

const mtime = new Date(0);
const pathOf = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
const addText = (tar: Pack, name: string, content: string) => void tar.entry({ name, mtime }, content);
const addLayer = async (tar: Pack, { file, digest, size }: Layer) =>
  pipeline(createReadStream(file), tar.entry({ name: pathOf(digest), mtime, size }));

/**
 * Writes an image as an OCI layout in a tar, which `ctr images import`, `kind load image-archive`,
 * `podman load` and `skopeo` read. Does nothing if the archive is there. Once loaded, one is of no more use: the
 * last three of each name stay.
 *
 * @param names under which containerd shall know it, as {@link nameInContainerd} gives them
 * @param to folder of the archives
 * @param name begins the archive's file name
 * @returns the path of the archive
 */
export async function writeArchive(
  image: Image,
  names: readonly string[],
  { to, name }: { readonly to: string; readonly name: string },
): Promise<string> {
  const { config, manifest } = describe(image);
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: names.map((as) => ({
      ...manifest.descriptor,
      platform,
      annotations: { 'io.containerd.image.name': as, 'org.opencontainers.image.ref.name': as },
    })),
  });
  const key = createHash('sha256').update(index).digest('hex').slice(0, 12);
  const archive = join(to, `${name}-${key}.tar`);
  if (await exists(archive)) {
    await touch(archive);
    return archive;
  }

  await mkdir(to, { recursive: true });
  const tar = pack();
  const fill = async () => {
    addText(tar, 'oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    addText(tar, 'index.json', index);
    for (const { content, descriptor } of [config, manifest])
      addText(tar, pathOf(descriptor.digest), content);
    for (const layer of unique(image.layers)) await addLayer(tar, layer);
    tar.finalize();
  };
  const aside = `${archive}.${process.pid}`;
  try {
    const filled = fill().catch((error: unknown) => tar.destroy(error as Error));
    await pipeline(tar, createWriteStream(aside));
    await filled;
    await rename(aside, archive); // never there by half
    await keepNewest(
      to,
      (file) => file.startsWith(`${name}-`) && file.length === basename(archive).length,
      3,
    );
  } finally {
    await rm(aside, { force: true });
  }
  return archive;
}

const unique = (layers: readonly Layer[]): Iterable<Layer> =>
  new Map(layers.map((layer) => [layer.digest, layer])).values();

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
