import { makeRelease, parseEnvironment, type EnvironmentFile, type Release } from '../../src';
import { environmentPath } from '../../src/environment';

/** A digest, a commit: as many hex digits as it takes, told apart by `seed`. */
const hex = (seed: number, length: number): string => seed.toString(16).padStart(length, '0');

export const digest = (seed: number): string => `sha256:${hex(seed, 64)}`;
export const revision = (seed: number): string => hex(seed, 40);

/** Release `n`: commit n, and an image of task-api of its own. */
export const release = (n: number, schema: { min: number; max: number } = { min: 0, max: 3 }): Release =>
  makeRelease({
    revision: revision(n),
    images: { 'task-api': digest(n), web: digest(1) },
    schema: { 'task-api': schema },
  });

interface Content {
  readonly promotesFrom?: string;
  readonly follows?: 'main';
  readonly release?: Release;
  readonly stable?: Release;
  readonly quarantined?: readonly Release[];
}

const block = (name: string, { id, revision: commit, images, schema }: Release): string =>
  [
    `${name}:`,
    `  id: ${id}`,
    `  revision: '${commit}'`,
    '  images:',
    ...Object.entries(images).map(([service, value]) => `    ${service}: ${value}`),
    '  schema:',
    ...Object.entries(schema).map(
      ([service, { min, max }]) => `    ${service}: { min: ${min}, max: ${max} }`,
    ),
  ].join('\n');

/** The text of an environment’s file, as somebody would write it. */
export function environmentText(name: string, content: Content): string {
  const [cluster, environment] = name.split('/');
  return [
    '# yaml-language-server: $schema=../../../docs/schemas/environment.schema.json',
    'target: # what this environment is',
    `  overlay: overlays/${cluster}/${environment}`,
    `  namespace: almanac-${environment}`,
    ...(content.promotesFrom ? [`  promotesFrom: ${content.promotesFrom}`] : []),
    ...(content.follows ? [`  follows: ${content.follows}`] : []),
    ...(content.release ? ['', '# what it runs', block('release', content.release)] : []),
    ...(content.stable ? [block('stable', content.stable)] : []),
    ...(content.quarantined
      ? [
          'quarantined:',
          ...content.quarantined.map(
            ({ id }) => `  - { id: ${id}, at: 2026-11-20T10:00:00Z, because: it hurt }`,
          ),
        ]
      : []),
    '',
  ].join('\n');
}

export const environment = (name: string, content: Content): EnvironmentFile =>
  parseEnvironment(environmentText(name, content), environmentPath(name));

export const environments = (files: Readonly<Record<string, Content>>): Map<string, EnvironmentFile> =>
  new Map(Object.entries(files).map(([name, content]) => [name, environment(name, content)]));
