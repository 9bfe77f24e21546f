import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program } from '@almanac/kubernetes';
import { platform } from './platform';

/** Runs kubectl as the cluster's administrator, in the namespace of Argo CD unless it is told another. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const options = ['--kubeconfig', platform().kubeconfig, '--namespace', 'argocd'];
  const { stdout } = await promisify(execFile)(await program('kubectl'), [...options, ...args]);
  return stdout.trim();
}
