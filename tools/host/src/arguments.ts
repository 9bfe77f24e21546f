import { resolve } from 'node:path';
import { parseOptions, portOf, UsageError } from '@almanac/command-line';

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

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  port: { type: 'string', short: 'p' },
  data: { type: 'string', short: 'd' },
  reset: { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
} as const;

/**
 * @param args what stands behind `npm start --`
 * @throws UsageError
 */
export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parseOptions(args, options);
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
