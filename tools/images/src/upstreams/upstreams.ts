import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const Upstream = z.strictObject({
  /** Address, as a kustomization names it before `//`. */
  repository: z.url(),
  tag: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** The Go module that has the same files, and which of tools/kubernetes pins it. */
  module: z.string(),
  pinnedBy: z.enum(['argocd', 'metrics-server', 'traefik']),
  /** The folder whose files we use; a mirror has no others. */
  folder: z.string(),
});

/** A repository whose manifests we use at a pinned commit. */
export type Upstream = z.output<typeof Upstream> & { readonly name: string };

/** All of them, as tools/images/upstreams.yaml says. */
export async function upstreams(): Promise<readonly Upstream[]> {
  const file = join(__dirname, '..', '..', 'upstreams.yaml');
  const entries = z.record(z.string(), Upstream).parse(parse(await readFile(file, 'utf8')));
  return Object.entries(entries).map(([name, upstream]) => ({ name, ...upstream }));
}
