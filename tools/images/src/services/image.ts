import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { accounts, nonroot, userOf } from '../contents/accounts';
import { librariesOf } from '../contents/libraries';
import { tree } from '../contents/tree';
import { executable, folder, type Entry } from '../oci/entry';
import type { ImageConfig } from '../oci/archive';
import type { Built } from './build';

const node = '/usr/local/bin/node';

/**
 * What the images of all services have in common, so that a machine keeps it once: Node as npm brought it, the
 * libraries it needs, a user without rights. No shell: `kubectl debug` brings one when it is wanted.
 */
export async function baseEntries(root: string): Promise<readonly Entry[]> {
  const installed = await realpath(join(root, 'node_modules', 'node', 'bin', 'node'));
  return [
    executable(node, installed),
    ...(await librariesOf([installed])),
    ...accounts(nonroot),
    folder('/tmp', 0o1777),
  ];
}

/** A service's own part. */
export const appEntries = async ({ main, page }: Built): Promise<readonly Entry[]> => [
  { kind: 'copy', path: '/app/main.js', from: main, mode: 0o644 },
  ...(page === undefined ? [] : await tree('/app/page', page)),
];

/** How a service is started; the Dockerfile says the same. */
export const configOf = ({ page }: Built): ImageConfig => ({
  Entrypoint: [node, '/app/main.js'],
  Env: [
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'NODE_ENV=production',
    ...(page === undefined ? [] : ['ALMANAC_PAGE=/app/page']),
  ],
  User: userOf(nonroot),
  WorkingDir: '/app',
  StopSignal: 'SIGTERM',
});
