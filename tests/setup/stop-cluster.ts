import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterCommand, runningCluster } from './running-cluster';

/** jest's global tear-down of the platform tests: shows what was measured, and leaves nothing behind. */
export default async function stopCluster(): Promise<void> {
  const { name, checkout, scratch, ours } = runningCluster;
  if (name === undefined || checkout === undefined || scratch === undefined) return;
  const figures = await readFile(join(scratch, 'figures'), 'utf8').catch(() => '');
  if (figures !== '') process.stdout.write(`\nMeasured on the way\n${figures}\n`);
  if (ours) {
    const [file = '', ...args] = clusterCommand(checkout, 'down', '--name', name, '--wipe', '--yes');
    await promisify(execFile)(file, args, { cwd: checkout });
  }
  await rm(scratch, { recursive: true, force: true });
}
