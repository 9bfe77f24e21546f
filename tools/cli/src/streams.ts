/** Where a command writes and asks; the process's own, or a test's. */
export interface Streams {
  readonly out: Output;
  readonly err: Output;
  /** Whom to ask; nobody, unless it is a terminal. */
  readonly in?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

export type Output = Pick<NodeJS.WriteStream, 'write'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors' | 'columns'>>;
