import { join } from 'node:path';

/** The repository these tests are of. */
export const root = join(__dirname, '..', '..', '..');

/** The cluster that all test files of a run share; see tests/setup/start-cluster.ts. */
export interface Platform {
  readonly name: string;
  readonly kubeconfig: string;
  /** URL of the git remote. */
  readonly remote: string;
  /** Where this machine reaches the gateway. */
  readonly gateway: { readonly host: string; readonly port: number };
  /** The file that measured figures are kept in. */
  readonly figures: string;
}

/** Name of the variable by which jest's global set-up tells the test files, which run in other processes. */
export const variable = 'ALMANAC_PLATFORM_UNDER_TEST';

export const platform = (): Platform => {
  const text = process.env[variable];
  if (text === undefined) throw new Error('there is no cluster: run these by npm run test:platform');
  return JSON.parse(text) as Platform;
};
