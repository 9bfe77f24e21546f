import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

/** A ref that a push moved. */
export interface RefUpdate {
  /** {@link noCommit} if it is new. */
  readonly before: string;
  /** {@link noCommit} if it is gone. */
  readonly after: string;
  /** E.g. `refs/heads/main`. */
  readonly ref: string;
}

/** Does what follows from a push; what it says is shown to whoever pushed, line by line. */
export type Follow = (updates: readonly RefUpdate[], say: (line: string) => void) => Promise<void>;

/** As git tells its post-receive hook; see githooks(5). */
const readUpdates = (input: string): readonly RefUpdate[] =>
  input
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = '', ref = ''] = line.split(' ');
      return { before, after, ref };
    });

/** Where the hook of a push reports to. */
export const createHookServer = (follow: Follow): Server =>
  createServer((request, response) => {
    const say = (line: string) => void response.write(`${line}\n`);
    text(request)
      .then((input) => follow(readUpdates(input), say))
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => response.end());
  });
