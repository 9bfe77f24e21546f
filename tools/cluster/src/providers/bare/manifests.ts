import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(__dirname, 'manifests');

/** What the manifests that every cluster gets are for. */
export type ManifestPart = 'access' | 'calico' | 'coredns' | 'local-path';

/** Folder of a kustomization. */
export const manifestsOf = (part: ManifestPart): string => join(root, part);

/** The images that a node runs before anything is deployed, as the manifests name them. */
export async function imagesOfManifests(): Promise<readonly string[]> {
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const images = texts.flatMap((text) =>
    [...text.matchAll(/^\s*image: (\S+)$/gm)].map(([, image]) => image!),
  );
  return [...new Set(images)];
}
