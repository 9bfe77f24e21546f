import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@almanac/command-line';
import { currentState, isPlatform, openState } from '../environments';
import { kubectlFor, type Kubectl, type Resource } from '../kubectl';
import { filesOf } from '../state';

export interface LogsOptions {
  readonly directory: string;
  readonly kubeconfig: string;
  /** A workload of the environment or of Argo CD, or a process of this machine. */
  readonly service: string | undefined;
  readonly environment: string;
  readonly follow: boolean;
}

/** Lines of each pod or process that are shown. */
const lines = '100';

/** Namespaces that are looked through, the environment's first. */
const namespacesOf = async (directory: string, environment: string): Promise<readonly string[]> => {
  const { ours } = await currentState(openState(filesOf(directory)));
  const product = ours.filter((one) => !isPlatform(one));
  const meant = product.find(({ name }) => name.endsWith(`/${environment}`));
  if (meant === undefined) {
    const names = product.map(({ name }) => name.split('/')[1]).join(', ');
    throw new UsageError(`--environment is one of ${names}, not '${environment}'.`);
  }
  return [meant.target.namespace, 'argocd', 'gateway'];
};

const workloadsIn = (kubectl: Kubectl, namespace: string): Promise<readonly Resource[]> =>
  kubectl.list('deployments,statefulsets,jobs', '-n', namespace);

/** The programs of this machine that belong to the cluster, by their log files. */
const processesOf = async (directory: string): Promise<readonly string[]> => {
  const files = await readdir(filesOf(directory).logs).catch(() => []);
  return files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -'.log'.length));
};

const show = async ([program = '', ...args]: readonly string[]): Promise<number> => {
  const child = spawn(program, args, { stdio: 'inherit' });
  return new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (code) => resolve(code ?? 0)),
  );
};

/**
 * Shows the last lines of a service, or without one whose there are.
 *
 * @returns the exit code
 */
export const logs = async (options: LogsOptions, out: NodeJS.WritableStream): Promise<number> => {
  const { directory, kubeconfig, service, environment, follow } = options;
  const kubectl = await kubectlFor(kubeconfig);
  const processes = await processesOf(directory);
  const found: string[] = [];
  for (const namespace of await namespacesOf(directory, environment)) {
    for (const { kind, metadata } of await workloadsIn(kubectl, namespace)) {
      if (metadata.name !== service) found.push(metadata.name);
      else {
        const whose = [`${kind.toLowerCase()}/${metadata.name}`, '-n', namespace];
        const how = [
          '--all-pods',
          '--all-containers',
          '--prefix',
          `--tail=${lines}`,
          ...(follow ? ['-f'] : []),
        ];
        return show([...kubectl.command, 'logs', ...whose, ...how]);
      }
    }
  }
  if (service !== undefined && processes.includes(service))
    return show([
      'tail',
      '-n',
      lines,
      ...(follow ? ['-F'] : []),
      join(filesOf(directory).logs, `${service}.log`),
    ]);

  const there = `${found.join(', ')}; and on this machine ${processes.join(', ')}`;
  if (service !== undefined) throw new UsageError(`There are no logs of '${service}', but of ${there}.`);
  out.write(`There are logs of ${there}.\n`);
  return 0;
};
