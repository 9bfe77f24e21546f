/** Where a command writes; the process's own, or a test's. */
export interface Streams {
  readonly out: Pick<NodeJS.WriteStream, 'write'>;
  readonly err: Pick<NodeJS.WriteStream, 'write'>;
}
