import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** The command line makes no sense; the message says why, for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Takes a command line apart, as `util.parseArgs` does.
 *
 * @throws UsageError
 */
export const parseOptions = <Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's sentence names the option; what follows in it is about positional arguments.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/, 1);
    throw new UsageError(`${sentence.replace(/\.$/, '')}.`);
  }
};

/**
 * A TCP port as a person wrote it behind `--port`.
 *
 * @throws UsageError
 */
export const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 1 to 65535, not '${text}'.`);
};
