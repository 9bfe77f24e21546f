import { join } from 'node:path';
import { cacheDirectory } from '@almanac/kubernetes';
import { digestOf, writeArchive } from '../oci/archive';
import { layerOf } from '../oci/layer';
import { appEntries, baseEntries, configOf } from './image';
import { buildService, servicesOf } from './build';

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
  const services = servicesOf(root);
  const unknown = only?.filter((name) => !services.some((service) => service.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(
      `There is no service ${unknown.join(', ')} in ${root}: only ${services.map(({ name }) => name).join(', ')}`,
    );

  const layers = join(cacheDirectory(), 'layers');
  const base = await layerOf(await baseEntries(root), layers);
  const images: Record<string, ServiceImage> = {};
  for (const service of services.filter(({ name }) => only?.includes(name) ?? true)) {
    const built = await buildService(root, service);
    const image = { layers: [base, await layerOf(await appEntries(built), layers)], config: configOf(built) };
    const reference = `${registry}/${service.name}`;
    const digest = digestOf(image);
    const archive = await writeArchive(image, [`${reference}@${digest}`], { to, name: service.name });
    images[service.name] = { reference, digest, archive };
  }
  return images;
}
