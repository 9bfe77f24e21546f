import { join } from 'node:path';

/** What the set-up hands to the tear-down; both run in jest's own process. */
export const runningCluster: { name?: string; checkout?: string; scratch?: string; ours?: boolean } = {};

/** The command line of `npm run cluster -- …` in a checkout. */
export const clusterCommand = (checkout: string, ...args: readonly string[]): string[] => [
  process.execPath,
  join(checkout, 'tools/bootstrap.mjs'),
  'tools/cluster/src/main.ts',
  ...args,
];
