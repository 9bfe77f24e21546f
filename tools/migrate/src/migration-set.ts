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

/**
 * Which versions of a service's schema a release is about: code runs on any from its `max` on up to
 * the next contract step. So a release with a `max` below another's `min` can't follow it.
 */
export interface SchemaRange {
  /** The newest contract migration; 0 without any. */
  readonly min: number;
  /** The newest migration. */
  readonly max: number;
}

export const rangeOf = ({ migrations }: Pick<SchemaDefinition, 'migrations'>): SchemaRange => ({
  min: Math.max(0, ...migrations.filter(({ kind }) => kind === 'contract').map(({ number }) => number)),
  max: migrations.length,
});

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
 * Contract migrations that come too early, in words. Such a step removes what older code may need, so
 * each environment must have had a release with the step before it: then the code that runs while the
 * step is applied, and that an operator goes back to, was written for what is left.
 */
export const prematureContracts = (
  released: readonly Released[],
  set: readonly SchemaDefinition[] = serviceSchemas,
): string[] =>
  set.flatMap(({ name, migrations }) =>
    migrations
      .filter(({ kind }) => kind === 'contract')
      .flatMap(({ number, name: step }) =>
        released
          .map(({ environment, schema }) => ({ environment, max: schema[kebab(name)]?.max ?? 0 }))
          .filter(({ max }) => max < number - 1)
          .map(
            ({ environment, max }) =>
              `${kebab(name)}: contract migration ${number} (${step}) comes too early: ${environment} runs code ` +
              `of version ${max}; promote a release with ${number - 1} there first`,
          ),
      ),
  );
