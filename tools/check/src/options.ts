import { parseArgs } from 'node:util';

export interface Options {
  readonly help: boolean;
  /** Names of steps; all of them when there is none. */
  readonly only: readonly string[];
  /** Parts of the paths of test files; all tests when there is none. */
  readonly patterns: readonly string[];
  /** Whether lines are counted: on a whole run, as a part of the tests covers a part of the lines. */
  readonly coverage: boolean;
  readonly color: boolean;
}

/**
 * @param args what stands behind `npm test --`
 * @throws TypeError for an option that doesn't exist
 */
export function readOptions(args: readonly string[], color: boolean): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, only: { type: 'string', multiple: true } },
  });
  const only = (values.only ?? []).flatMap((names) => names.split(','));
  return {
    help: values.help ?? false,
    only,
    patterns: positionals,
    coverage: only.length === 0 && positionals.length === 0,
    color,
  };
}
