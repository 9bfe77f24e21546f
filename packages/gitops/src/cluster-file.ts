import { isScalar, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { parseFile } from './parse-file';

const isHttp = (address: string): boolean => URL.canParse(address) && /^https?:/.test(address);

/** The content of `clusters/<cluster>/cluster.yaml`: the facts that Kustomize spreads over its manifests. */
export const Cluster = z.strictObject({
  apiVersion: z.literal('almanac.dev/v1', 'must be almanac.dev/v1'),
  kind: z.literal('Cluster', 'must be Cluster'),
  metadata: z.strictObject({
    name: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be the name of its folder'),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.strictObject({
    repository: z
      .string()
      .refine(isHttp, 'must be an address that begins with https:// or http://')
      .describe('Where Argo CD finds this repository.'),
    branch: z
      .string()
      .min(1, 'must not be empty')
      .describe('The state branch: its head says what runs where.'),
    registry: z
      .string()
      .regex(
        /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
        'must be a registry and a folder in it, such as ghcr.io/almanac',
      )
      .describe('Where the images of the services are.'),
    domain: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a domain in lowercase, such as almanac.example')
      .describe('Hosts are below this one.'),
  }),
});
export type Cluster = Readonly<z.infer<typeof Cluster>>;

/** @throws InvalidFile with line and column of everything that is wrong */
export const parseCluster = (text: string, path: string): Cluster => parseFile(Cluster, text, path);

/** The text of a cluster’s file with these facts changed, and nothing else. */
export function editCluster(text: string, path: string, facts: Partial<Cluster['spec']>): string {
  const edited = Object.entries(facts).reduce((before, [fact, value]) => {
    const node = parseDocument(before).getIn(['spec', fact], true);
    if (!isScalar(node) || !node.range || node.value === value) return before;
    return before.slice(0, node.range[0]) + stringify(value).trimEnd() + before.slice(node.range[1]);
  }, text);
  parseCluster(edited, path);
  return edited;
}
