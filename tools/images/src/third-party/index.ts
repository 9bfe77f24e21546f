import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '@almanac/kubernetes';
import { parse } from 'yaml';
import { z } from 'zod';
import { requirePackages } from '../contents/debian';
import { writeArchive } from '../oci/archive';
import { layerOf } from '../oci/layer';
import { nameInContainerd, partsOf } from '../oci/reference';
import { argocd } from './argocd';
import { busybox } from './busybox';
import { coredns } from './coredns';
import { localPathProvisioner } from './local-path-provisioner';
import { metricsServer } from './metrics-server';
import { pause } from './pause';
import { postgres } from './postgres';
import { redis } from './redis';
import type { ThirdParty } from './third-party';
import { traefik } from './traefik';

/** How each of them is made. */
export const madeHere: Readonly<Record<string, ThirdParty>> = {
  argocd,
  busybox,
  coredns,
  'local-path-provisioner': localPathProvisioner,
  'metrics-server': metricsServer,
  pause,
  postgres,
  redis,
  traefik,
};

/** Images of others by name, with the reference that manifests use, as tools/images/third-party.yaml says. */
export async function thirdPartyReferences(): Promise<Readonly<Record<string, string>>> {
  const file = join(__dirname, '..', '..', 'third-party.yaml');
  return z.record(z.string(), z.string()).parse(parse(await readFile(file, 'utf8')));
}

/**
 * Which of them a manifest means: the same repository, and the same tag or the beginning of it (`1.37`).
 *
 * @throws Error when nothing that can be made here may stand for it
 */
export const nameOf = (reference: string, known: Readonly<Record<string, string>>): string => {
  const asked = partsOf(reference);
  for (const [name, ours] of Object.entries(known)) {
    const { repository, tag = '' } = partsOf(ours);
    if (asked.repository === repository && (asked.tag === undefined || `${tag}.`.startsWith(`${asked.tag}.`)))
      return name;
  }
  throw new Error(`No image of ${reference} can be made here: only of ${Object.values(known).join(', ')}`);
};

/**
 * Writes images of others where nothing can be pulled, each under the very name that a manifest uses. They
 * are made of pinned packages, so their digest isn't the one in that name; containerd compares names only.
 *
 * @param references as manifests name them, tag and digest included
 * @param to folder of the archives
 * @returns the archives' paths, in the order of the references
 * @throws MissingTool that names every package the machine lacks
 */
export async function writeThirdPartyImages(
  references: readonly string[],
  { to }: { readonly to: string },
): Promise<readonly string[]> {
  const known = await thirdPartyReferences();
  const wanted = references.map((reference) => ({ reference, name: nameOf(reference, known) }));
  await requirePackages(wanted.flatMap(({ name }) => madeHere[name]!.debian ?? []));

  const archives: string[] = [];
  for (const { reference, name } of wanted) {
    const { contents, config, madeOf } = madeHere[name]!;
    const image = {
      layers: [await layerOf(await contents(), join(cacheDirectory(), 'layers'))],
      config: { ...config, Labels: { 'org.opencontainers.image.description': `Made of ${madeOf}` } },
    };
    archives.push(await writeArchive(image, [nameInContainerd(reference)], { to, name }));
  }
  return archives;
}
