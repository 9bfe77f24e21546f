import { join } from 'node:path';
import { cacheDirectory, MissingTool } from '@almanac/kubernetes';
import { digestOf, writeArchive, type Image } from '../oci/archive';
import { layerOf, type Layer } from '../oci/layer';
import { buildService, serviceNamed, servicesOf, type Service } from './build';
import { appEntries, baseEntries, configOf } from './image';

/** The image of a service, as a file. */
export interface ServiceImage {
  /** e.g. `ghcr.io/almanac/task-api` */
  readonly reference: string;
  /** `sha256:…`, by which a release names it */
  readonly digest: string;
  /** Path of an OCI layout in a tar; the image's name in it is `<reference>@<digest>`. */
  readonly archive: string;
}

export interface ServiceImageOptions {
  /** Folder of the archives; one that is there isn't written again. */
  readonly to: string;
  /** Names of services; all if not said. */
  readonly only?: readonly string[];
  /** What references begin with. */
  readonly registry?: string;
}

const layers = (): string => join(cacheDirectory(), 'layers');

/** The layer that all services have in common. */
export const baseLayer = async (root: string): Promise<Layer> => layerOf(await baseEntries(root), layers());

/** The image of a service of this checkout. */
export async function imageOf(root: string, service: Service, base: Layer): Promise<Image> {
  const built = await buildService(root, service);
  return { layers: [base, await layerOf(await appEntries(built), layers())], config: configOf(built) };
}

/**
 * Writes the image of each service of a checkout, without a container engine. The same sources and packages
 * give the same digest; a service that didn't change costs milliseconds.
 *
 * @param root folder of the checkout, any commit; its `node_modules` may be a link to those of another
 * @returns service → its image
 */
export async function writeServiceImages(
  root: string,
  { to, only, registry = 'ghcr.io/almanac' }: ServiceImageOptions,
): Promise<Readonly<Record<string, ServiceImage>>> {
  if (process.platform !== 'linux')
    throw new MissingTool(
      'Images hold programs of Linux, so only a Linux machine can write them of its own; elsewhere Docker does: ' +
        'docker build --build-arg SERVICE=task-api .',
    );
  const services = only?.map((name) => serviceNamed(root, name)) ?? servicesOf(root);
  const base = await baseLayer(root);
  const images: Record<string, ServiceImage> = {};
  for (const service of services) {
    const image = await imageOf(root, service, base);
    const reference = `${registry}/${service.name}`;
    const digest = digestOf(image);
    const archive = await writeArchive(image, [`${reference}@${digest}`], { to, name: service.name });
    images[service.name] = { reference, digest, archive };
  }
  return images;
}
