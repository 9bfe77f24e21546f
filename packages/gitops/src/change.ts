import type { CommitMessage } from './commit-message';
import { editEnvironment, parseEnvironment, type EnvironmentChange } from './environment-file';
import type { EnvironmentFile } from './environment';
import type { Refusal } from './refusal';

/** One environment's file, before and after, and the commit that says why. */
export interface Change {
  readonly do: 'write';
  readonly before: EnvironmentFile;
  readonly after: EnvironmentFile;
  readonly message: CommitMessage;
}

/** What comes of planning: a change of one file, or the reason why there is none. */
export type Plan = Change | Refusal;

export function change(
  before: EnvironmentFile,
  edit: EnvironmentChange,
  { subject, trailers }: CommitMessage,
  requestedBy: string,
): Change {
  const after = parseEnvironment(editEnvironment(before, edit), before.path);
  return {
    do: 'write',
    before,
    after,
    message: { subject, trailers: { Environment: before.name, ...trailers, 'Requested-By': requestedBy } },
  };
}
