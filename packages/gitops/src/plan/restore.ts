import type { Change, Plan } from '../change';
import type { EnvironmentFile } from '../environment';
import type { InvalidFile } from '../invalid-file';
import { refuse } from '../refusal';

export interface Restore {
  readonly broken: InvalidFile;
  /** What stands there now. */
  readonly text: string;
  /** What the file said while it could be read, newest first. */
  readonly past: readonly EnvironmentFile[];
  readonly because: string;
  readonly requestedBy: string;
}

/** Gives a file that can’t be read what it said when it last could. Nothing is quarantined: nothing was released. */
export function planRestore({ broken, text, past, because, requestedBy }: Restore): Plan {
  const [last] = past;
  if (!last) return refuse('nowhere-to-return', `${broken.path} never said anything that could be read`);
  const { release } = last;
  return {
    do: 'write',
    before: { ...last, text },
    after: last,
    message: {
      subject: `${last.name} is as it was before its file broke: ${because}`,
      trailers: {
        Environment: last.name,
        ...(release && { Release: release.id, Revision: release.revision, 'Rollback-To': release.id }),
        Because: because,
        'Requested-By': requestedBy,
      },
    },
  } satisfies Change;
}
