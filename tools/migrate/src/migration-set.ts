import { createHash } from 'node:crypto';
import { checksumOf, type SchemaDefinition } from '@almanac/database';
import { jobsVersion } from '@almanac/scheduling';
import { kebab, schemas, serviceSchemas } from './schemas';

/**
 * Names the set of all migrations by 12 hexadecimal digits. The Job that applies them is called after
 * it: a release with other migrations has another Job, one with the same finds its own done.
 */
export function migrationSetHash(set: readonly SchemaDefinition[] = schemas): string {
  const described = set.map(({ name, role, migrations }) => ({
    ...{ name, role },
    migrations: migrations.map((migration) => ({
      ...{ number: migration.number, name: migration.name, kind: migration.kind },
      checksum: checksumOf(migration),
    })),
  }));
  const text = JSON.stringify({ schemas: described, jobs: jobsVersion });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Which versions of a service's schema a release is about. */
export interface SchemaRange {
  /**
   * The oldest version whose code runs on what this release makes of the schema. A contract migration
   * takes away what code older than the step before it may need; 0 without any.
   */
  readonly min: number;
  /** The newest migration, which this release's code needs. */
  readonly max: number;
}

export const rangeOf = ({ migrations }: Pick<SchemaDefinition, 'migrations'>): SchemaRange => {
  const contract = migrations.findLast(({ kind }) => kind === 'contract');
  return { min: (contract?.number ?? 1) - 1, max: migrations.length };
};

/** By service, as a release records it. */
export const schemaRanges = (
  set: readonly SchemaDefinition[] = serviceSchemas,
): Readonly<Record<string, SchemaRange>> =>
  Object.fromEntries(set.map((schema) => [kebab(schema.name), rangeOf(schema)]));

/** What runs in an environment. */
export interface Released {
  readonly environment: string;
  readonly schema: Readonly<Record<string, SchemaRange>>;
}

/**
 * Contract migrations that come too early, in words: code that runs while they are applied would miss
 * what they take away. Such a step comes after a release of the step before it.
 */
export const prematureContracts = (
  released: readonly Released[],
  set: readonly SchemaDefinition[] = serviceSchemas,
): string[] =>
  released.flatMap(({ environment, schema }) =>
    Object.entries(schemaRanges(set)).flatMap(([service, { min }]) => {
      const runs = schema[service]?.max;
      return runs === undefined || runs >= min
        ? []
        : [
            `${service}: contract migration ${min + 1} comes too early, as ${environment} runs code of version ${runs}; ` +
              `first a release with ${min} and without it`,
          ];
    }),
  );
