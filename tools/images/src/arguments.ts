import { resolve } from 'node:path';
import { parseOptions, UsageError } from '@almanac/command-line';

export type Arguments =
  | { readonly command: 'help' }
  | { readonly command: 'services'; readonly to: string; readonly only?: readonly string[] }
  | { readonly command: 'third-party'; readonly to: string }
  | { readonly command: 'bundle'; readonly service: string; readonly to: string };

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  only: { type: 'string', multiple: true },
} as const;

/**
 * What the command line asks for.
 *
 * @throws UsageError
 */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseOptions(args, options);
  if (values.help) return { command: 'help' };
  const [command, ...rest] = positionals;
  const [first, second] = rest;
  if (command === 'services' && first && rest.length === 1)
    return { command, to: resolve(first), ...(values.only && { only: values.only }) };
  if (command === 'third-party' && first && rest.length === 1) return { command, to: resolve(first) };
  if (command === 'bundle' && first && second && rest.length === 2)
    return { command, service: first, to: resolve(second) };
  throw new UsageError('One of: services <folder>, third-party <folder>, bundle <service> <folder>.');
}
