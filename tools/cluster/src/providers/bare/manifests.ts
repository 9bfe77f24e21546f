import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(__dirname, 'manifests');

/** Folder of the manifests that every cluster gets, by what they are for. */
export const manifestsOf = (part: 'access' | 'calico' | 'coredns' | 'local-path'): string => join(root, part);

/** The images that a node runs before anything is deployed, as the manifests name them. */
export async function imagesOfManifests(): Promise<readonly string[]> {
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const images = texts.flatMap((text) =>
    [...text.matchAll(/^\s*image: (\S+)$/gm)].map(([, image]) => image!),
  );
  return [...new Set(images)];
}
