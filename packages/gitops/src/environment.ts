import { z } from 'zod';
import { Release, ReleaseId } from './release';

const folder = 'clusters';
const label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';

/** `<cluster>/<environment>`, such as `local/dev`; the platform of a cluster is `<cluster>/platform`. */
const EnvironmentName = z
  .string()
  .regex(new RegExp(`^${label}/${label}$`), 'must be `<cluster>/<environment>`, such as local/dev');

/** Where the file of an environment is, from the repository’s root. */
export function environmentPath(name: string): string {
  const [cluster = '', environment = ''] = EnvironmentName.parse(name).split('/');
  return environment === 'platform'
    ? `${folder}/${cluster}/platform.yaml`
    : `${folder}/${cluster}/environments/${environment}.yaml`;
}

const filePath = new RegExp(
  `^${folder}/(?<cluster>${label})/(environments/(?!platform\\.)(?<environment>${label})|platform)\\.yaml$`,
);

/** The environment that a file in the repository describes; undefined for every other file. */
export function environmentName(path: string): string | undefined {
  const { cluster, environment = 'platform' } = filePath.exec(path)?.groups ?? {};
  return cluster === undefined ? undefined : `${cluster}/${environment}`;
}

const Target = z
  .strictObject({
    overlay: z
      .string()
      .regex(
        /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
        'must be a folder of this repository, such as overlays/local/dev',
      )
      .describe('The Kustomize folder that is rendered, from the repository’s root.'),
    namespace: z
      .string()
      .max(63, 'must have 63 characters at most')
      .regex(new RegExp(`^${label}$`), 'must be a namespace: lowercase letters, digits and dashes')
      .describe('Where it runs; also the name of its Argo CD Application.'),
    promotesFrom: EnvironmentName.optional().describe('Which environment’s release is promoted to this one.'),
    follows: z
      .literal('main', 'must be main, or the line must go')
      .optional()
      .describe('Every push to this branch is released here.'),
  })
  .refine(({ promotesFrom, follows }) => promotesFrom === undefined || follows === undefined, {
    path: ['follows'],
    message: 'stands beside promotesFrom: an environment has one source',
  })
  .describe('What this environment is. It is never copied.');

export const Quarantine = z.strictObject({
  id: ReleaseId,
  at: z.iso
    .datetime('must be an instant in UTC, such as 2026-11-21T14:05:00Z')
    .describe('Since when; an instant in UTC.'),
  because: z.string().trim().min(1, 'must say why').max(500, 'must have 500 characters at most'),
});
export type Quarantine = Readonly<z.infer<typeof Quarantine>>;

/**
 * What one environment is and what it runs: the content of `clusters/<cluster>/environments/<name>.yaml`
 * and of `clusters/<cluster>/platform.yaml`.
 */
export const Environment = z
  .strictObject({
    target: Target,
    release: Release.optional().describe(
      'What it shall run. Promotion copies this block and nothing else. Missing: nothing was released here yet.',
    ),
    stable: Release.optional().describe(
      'The last release that was seen running here as it should; a rollback returns to it.',
    ),
    quarantined: z
      .array(Quarantine)
      .default([])
      .describe('Releases that hurt here. No environment takes them until a person lifts the quarantine.'),
  })
  .superRefine(({ stable, quarantined }, context) => {
    const ids = quarantined.map(({ id }) => id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index)
        context.addIssue({
          code: 'custom',
          path: ['quarantined', index, 'id'],
          message: 'is quarantined already',
        });
    });
    if (stable !== undefined && ids.includes(stable.id))
      context.addIssue({
        code: 'custom',
        path: ['stable', 'id'],
        message: 'is quarantined: a rollback would return to what hurt',
      });
  });
export type Environment = Readonly<z.infer<typeof Environment>>;

/** An environment and the file it was read from. */
export interface EnvironmentFile extends Environment {
  /** `<cluster>/<environment>` */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}
