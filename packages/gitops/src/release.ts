import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A service as images, manifests and schemas name it. */
const ServiceName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be a service’s name: lowercase letters, digits and dashes',
  );

const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be an image’s digest: `sha256:` and 64 hex digits in lowercase')
  .describe('The digest of an image. Tags can move, so no release names one.');

const Revision = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'must be a whole commit id: 40 hex digits in lowercase')
  .describe('The commit that the manifests are rendered at.');

export const ReleaseId = z
  .string()
  .regex(/^r-[0-9a-f]{12}$/, 'must be a release’s id: `r-` and 12 hex digits in lowercase')
  .describe('Follows from the rest of the release.');
export type ReleaseId = z.infer<typeof ReleaseId>;

const MigrationNumber = z.int().min(0, 'must be 0 or more');

export const SchemaRange = z
  .strictObject({
    min: MigrationNumber.describe('The newest contract migration (0: none); older code can’t run after it.'),
    max: MigrationNumber.describe('The newest migration that this release knows.'),
  })
  .refine(({ min, max }) => min <= max, 'has a min that is greater than its max')
  .describe('The versions of a service’s database schema that this release can run on.');

export type SchemaRange = Readonly<z.infer<typeof SchemaRange>>;

/** What the id is made of. */
export interface ReleaseContent {
  /** The commit that the manifests are rendered at. */
  readonly revision: string;
  /** The digest of each service’s image. */
  readonly images: Readonly<Record<string, string>>;
  readonly schema: Readonly<Record<string, SchemaRange>>;
}

const releaseContent = {
  revision: Revision,
  images: z.record(ServiceName, Digest).describe('The image of each service, by digest.'),
  schema: z.record(ServiceName, SchemaRange).describe('By service, for those that have a database schema.'),
};

/** What an environment shall run. It is the whole product: what was tested together runs together. */
export const Release = z
  .strictObject({ id: ReleaseId, ...releaseContent })
  .refine(({ id, ...content }) => id === releaseId(content), {
    path: ['id'],
    error: ({ input }) =>
      `doesn’t fit what follows it: that is ${releaseId(input as ReleaseContent)}. Copy a release as a whole`,
    when: ({ issues }) => issues.length === 0, // of what is wrong no id can be right
  });
export type Release = Readonly<z.infer<typeof Release>>;

/** JSON with sorted keys: the same bytes for the same content, however it was written. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? sorted(part) : part,
  );

const sorted = <Value extends object>(record: Value): Value =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as Value;

/** The short name of a release: `r-` and the first 12 hex digits of the SHA-256 of its content. */
export const releaseId = ({ images, revision, schema }: ReleaseContent): ReleaseId =>
  `r-${createHash('sha256').update(canonical({ images, revision, schema })).digest('hex').slice(0, 12)}`;

/** A release with its id, its services in alphabetical order. */
export const makeRelease = ({ revision, images, schema }: ReleaseContent): Release => {
  const content = { revision, images: sorted(images), schema: sorted(schema) };
  return { id: releaseId(content), ...content };
};

/** One service in two releases; undefined where it has none. */
interface Changed<Value> {
  readonly service: string;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

export interface ReleaseComparison {
  /** undefined when both are rendered at the same commit. */
  readonly revision: { readonly from: string | undefined; readonly to: string } | undefined;
  readonly images: readonly Changed<string>[];
  readonly schema: readonly Changed<SchemaRange>[];
}

/** What changes where `from` runs (nothing, if undefined) when `to` comes. */
export const compareReleases = (from: Release | undefined, to: Release): ReleaseComparison => ({
  revision: from?.revision === to.revision ? undefined : { from: from?.revision, to: to.revision },
  images: changed(from?.images ?? {}, to.images),
  schema: changed(from?.schema ?? {}, to.schema),
});

const changed = <Value>(from: Record<string, Value>, to: Record<string, Value>): Changed<Value>[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .filter((service) => canonical(from[service]) !== canonical(to[service]))
    .map((service) => ({ service, from: from[service], to: to[service] }));

/** A service whose code doesn’t know what a contract migration took away. */
export interface ContractCrossing {
  readonly service: string;
  /** The newest migration that the older code knows. */
  readonly knows: number;
  /** The contract migration that it can’t run after. */
  readonly contract: number;
}

/** Where the code of `release` can’t run on a database that has seen `migrated`. */
export const contractCrossings = (release: Release, migrated: Release): readonly ContractCrossing[] =>
  Object.entries(release.schema).flatMap(([service, { max }]) => {
    const contract = migrated.schema[service]?.min ?? 0;
    return max < contract ? [{ service, knows: max, contract }] : [];
  });
