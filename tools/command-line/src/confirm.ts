import { createInterface } from 'node:readline/promises';
import { UsageError } from './arguments';

export interface Confirmation {
  /** Said on the command line already. */
  readonly yes: boolean;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Whether the person wants what can't be undone.
 *
 * @param what e.g. `Delete all data in /data`
 * @throws UsageError when there is nobody to ask
 */
export const confirm = async (
  what: string,
  { yes, input, output, signal }: Confirmation,
): Promise<boolean> => {
  if (yes) return true;
  if (!input.isTTY) throw new UsageError(`${what}? There is no terminal to ask on: add --yes.`);
  const terminal = createInterface({ input, output });
  try {
    const answer = await terminal.question(`\n  ${what}? Type yes: `, { signal });
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
};
