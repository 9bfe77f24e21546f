import { environmentName } from './environment';

export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
  /** The key it is about, such as `release.images.task-api`; empty for the file as a whole. */
  readonly at: string;
  readonly reason: string;
}

/** A file that isn't what its schema says. The message names every problem, each with its place. */
export class InvalidFile extends Error {
  override readonly name = 'InvalidFile';

  /** Of which environment it would be the file, if of any. */
  readonly environment: string | undefined;

  constructor(
    readonly path: string,
    readonly problems: readonly FileProblem[],
  ) {
    super(
      problems
        .map(
          ({ line, column, at, reason }) =>
            `${path}:${line}:${column}: ${at === '' ? '' : `${at} `}${reason}`,
        )
        .join('\n'),
    );
    this.environment = environmentName(path);
  }
}
