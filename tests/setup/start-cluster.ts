import { execFile, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { linkNodeModules } from '@almanac/cluster';
import { root, variable, type Platform } from '../platform/support/platform';
import { clusterCommand, runningCluster } from './running-cluster';

/** Runs `npm run cluster` in a checkout, and shows what it says. */
const cluster = (checkout: string, ...args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const [file = '', ...rest] = clusterCommand(checkout, ...args);
    const child = spawn(file, rest, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject).on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm run cluster -- ${args.join(' ')} ended with code ${code}`));
    });
  });

interface Status {
  readonly kubeconfig: string;
  readonly gateway: Platform['gateway'];
  readonly remote: string;
}

/**
 * jest's global set-up of the platform tests: a cluster of their own, made by the command that a person would
 * give, in a clone of this repository, since it adds a remote and what is pushed there is nobody else's.
 * `ALMANAC_CLUSTER=local` takes one that runs already, and leaves it.
 */
export default async function startCluster(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'almanac-platform-'));
  const checkout = join(scratch, 'almanac');
  await promisify(execFile)('git', ['clone', '--quiet', root, checkout]);
  await linkNodeModules(root, checkout);

  const given = process.env.ALMANAC_CLUSTER;
  const name = given ?? `test-${process.pid}`;
  Object.assign(runningCluster, { name, checkout, scratch, ours: given === undefined });
  if (given === undefined) await cluster(checkout, 'up', '--name', name);

  const [file = '', ...args] = clusterCommand(checkout, 'status', '--name', name, '--json');
  const { stdout } = await promisify(execFile)(file, args, { cwd: checkout });
  const { kubeconfig, gateway, remote } = JSON.parse(stdout) as Status;
  const platform: Platform = { name, kubeconfig, gateway, remote, figures: join(scratch, 'figures') };
  process.env[variable] = JSON.stringify(platform);
}
