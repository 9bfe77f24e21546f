import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { removePostgres } from '@almanac/embedded-postgres';
import { UsageError } from './arguments';
import { filesIn } from './start-almanac';

export interface Confirmation {
  /** Said on the command line already. */
  readonly yes: boolean;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Whether the person wants all data deleted.
 * @throws UsageError when there is nobody to ask
 */
export const confirmReset = async (
  dataDirectory: string,
  { yes, input, output, signal }: Confirmation,
): Promise<boolean> => {
  if (yes) return true;
  if (!input.isTTY) {
    throw new UsageError(
      `--reset deletes all data in ${dataDirectory}. There is no terminal to ask on: add --yes.`,
    );
  }
  const terminal = createInterface({ input, output });
  try {
    const answer = await terminal.question(`\n  Delete all data in ${dataDirectory}? Type yes: `, { signal });
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
};

/** Deletes what Almanac keeps in a folder, and leaves the folder and whatever else is in it. */
export const deleteData = async (dataDirectory: string): Promise<void> => {
  await removePostgres({ dataDirectory });
  const { signingKeys, log } = filesIn(dataDirectory);
  for (const file of [signingKeys, log, `${log}.previous`]) await rm(file, { force: true });
};
