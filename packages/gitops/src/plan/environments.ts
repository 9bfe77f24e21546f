import type { EnvironmentFile, Quarantine } from '../environment';
import type { Release } from '../release';
import { refuse, type Refusal } from '../refusal';

/** The environments of the state branch at one commit, by name. */
export type Environments = ReadonlyMap<string, EnvironmentFile>;

export const unknownEnvironment = (environments: Environments, name: string): Refusal =>
  refuse(
    'unknown-environment',
    `there is no environment ${name}; there are ${[...environments.keys()].join(', ') || 'none'}`,
  );

/** Where a release is quarantined. One that hurt anywhere is refused everywhere. */
export function quarantineOf(
  environments: Environments,
  { id }: Release,
): (Quarantine & { readonly environment: string }) | undefined {
  for (const { name, quarantined } of environments.values()) {
    const found = quarantined.find((entry) => entry.id === id);
    if (found !== undefined) return { ...found, environment: name };
  }
  return undefined;
}

export function refuseQuarantined(environments: Environments, release: Release): Refusal | undefined {
  const found = quarantineOf(environments, release);
  return (
    found &&
    refuse(
      'quarantined',
      `${release.id} is quarantined in ${found.environment} since ${found.at}: ${found.because}`,
      `\`almanac resume ${found.environment} ${release.id}\` when that is mended`,
    )
  );
}
