import { parseOptions, portOf, UsageError } from '@almanac/command-line';
import type { ProviderName } from './providers/provider';

const commands = ['up', 'status', 'down', 'logs', 'env'] as const;

export interface Arguments {
  readonly command: (typeof commands)[number];
  readonly help: boolean;
  /** Which cluster of this machine. */
  readonly name: string;
  /** None: that of the cluster, or the first that this machine can. */
  readonly provider: ProviderName | undefined;
  readonly context: string | undefined;
  readonly hostAddress: string | undefined;
  /** None: that of the cluster, or 8080, or the next that is free. */
  readonly port: number | undefined;
  /** For `down`: also what outlives the cluster. */
  readonly wipe: boolean;
  /** Don't ask. */
  readonly yes: boolean;
  readonly json: boolean;
  /** For `logs`: whose. */
  readonly service: string | undefined;
  readonly environment: string;
  readonly follow: boolean;
}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  name: { type: 'string', short: 'n', default: 'local' },
  provider: { type: 'string' },
  context: { type: 'string' },
  'host-address': { type: 'string' },
  port: { type: 'string', short: 'p' },
  wipe: { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  json: { type: 'boolean', default: false },
  environment: { type: 'string', short: 'e', default: 'dev' },
  follow: { type: 'boolean', short: 'f', default: false },
} as const;

type Option = keyof typeof options;

/** Options that mean something to one command only. */
const belongsTo: Partial<Record<Option, Arguments['command']>> = {
  provider: 'up',
  context: 'up',
  'host-address': 'up',
  port: 'up',
  wipe: 'down',
  json: 'status',
  environment: 'logs',
  follow: 'logs',
};

const providers: readonly ProviderName[] = ['bare', 'kind', 'context'];

const oneOf = <Value extends string>(values: readonly Value[], value: string, what: string): Value => {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${what} is one of ${values.join(', ')}, not '${value}'.`);
  return found;
};

/**
 * @param args what stands behind `npm run cluster --`
 * @throws UsageError
 */
export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parseOptions(args, options);
  const [first = 'up', service, excess] = positionals;
  const command = oneOf(commands, first, 'The command');
  const surplus = command === 'logs' ? excess : service;
  // Without the `--`, npm keeps the options for itself and passes their values on.
  if (surplus !== undefined)
    throw new UsageError(
      `Unexpected argument '${surplus}'. Options stand behind two dashes: npm run cluster -- --port 3000`,
    );
  for (const [option, owner] of Object.entries(belongsTo)) {
    const value = values[option as Option];
    const isDefault =
      value === undefined || value === (options[option as Option] as { default?: unknown }).default;
    if (owner !== command && !isDefault)
      throw new UsageError(`--${option} belongs to ${owner}, not to ${command}.`);
  }
  const { help, name, provider, context, port, wipe, yes, json, environment, follow } = values;
  if (!/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(name))
    throw new UsageError(`--name takes up to 20 lower-case letters, digits and dashes, not '${name}'.`);
  return {
    command,
    help,
    name,
    provider: provider === undefined ? undefined : oneOf(providers, provider, '--provider'),
    context,
    hostAddress: values['host-address'],
    port: port === undefined ? undefined : portOf(port),
    wipe,
    yes,
    json,
    service,
    environment,
    follow,
  };
};
