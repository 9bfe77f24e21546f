import { parseArgs } from 'node:util';

/** `local` is `npm test`; `platform` needs a Kubernetes cluster, which it makes: `npm run test:platform`. */
export type SuiteName = 'local' | 'platform';

export interface Options {
  readonly suite: SuiteName;
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
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string', multiple: true },
      platform: { type: 'boolean' },
    },
  });
  const only = (values.only ?? []).flatMap((names) => names.split(','));
  const suite = values.platform ? 'platform' : 'local';
  return {
    suite,
    help: values.help ?? false,
    only,
    patterns: positionals,
    coverage: suite === 'local' && only.length === 0 && positionals.length === 0,
    color,
  };
}
