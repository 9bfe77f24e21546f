import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Arguments {
  readonly help: boolean;
  /** None: 8080, or the next that is free. */
  readonly port: number | undefined;
  /** Absolute; none: where the system keeps data. */
  readonly dataDirectory: string | undefined;
  /** Begin anew. */
  readonly reset: boolean;
  /** Don't ask. */
  readonly yes: boolean;
}

/** The command line makes no sense; the message says why, for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  port: { type: 'string', short: 'p' },
  data: { type: 'string', short: 'd' },
  reset: { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's sentence names the option; what follows in it is about positional arguments.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/, 1);
    throw new UsageError(`${sentence.replace(/\.$/, '')}.`);
  }
};

const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 1 to 65535, not '${text}'.`);
};

/**
 * @param args what stands behind `npm start --`
 * @throws UsageError
 */
export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) {
    // Without the `--`, npm keeps the options for itself and passes their values on.
    throw new UsageError(
      `Unexpected argument '${positionals[0]}'. Options stand behind two dashes: npm start -- --port 3000`,
    );
  }
  const { help, port, data, reset, yes } = values;
  if (data === '') throw new UsageError('--data takes a folder.');
  return {
    help,
    port: port === undefined ? undefined : portOf(port),
    dataDirectory: data === undefined ? undefined : resolve(data),
    reset,
    yes,
  };
};
