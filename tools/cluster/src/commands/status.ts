import type { MemoryUse } from '../providers/provider';
import { applicationsOf, type ApplicationStatus } from '../bootstrap/applications';
import { complaintsOf } from '../bootstrap/workloads';
import { kubectlFor } from '../kubectl';
import { processesIn } from '../processes';
import { providers } from '../providers';
import { filesOf, readSettings, type Settings } from '../state';
import type { Address } from '../server/forward';
import { repositoryAddress, serverName } from './server';

/** What can be said of a cluster; for scripts too. */
export interface ClusterStatus {
  readonly name: string;
  /** Of this machine; none of a cluster that was never begun. */
  readonly settings: Settings | undefined;
  /** Whether its API answers. */
  readonly isUp: boolean;
  readonly kubeconfig: string | undefined;
  /** URL of the git remote; none of a cluster that was never begun. */
  readonly remote: string | undefined;
  readonly gitServerIsUp: boolean;
  /** Where this machine reaches the gateway. */
  readonly gateway: Address | undefined;
  readonly applications: readonly ApplicationStatus[];
  /** What is wrong with pods, with the reasons that Kubernetes gives. */
  readonly complaints: readonly string[];
  readonly memory: readonly MemoryUse[];
}

export const statusOf = async (name: string, directory: string): Promise<ClusterStatus> => {
  const settings = await readSettings(filesOf(directory));
  const nothing = { isUp: false, kubeconfig: undefined, applications: [], complaints: [], memory: [] };
  if (settings === undefined)
    return { name, settings, remote: undefined, gateway: undefined, gitServerIsUp: false, ...nothing };

  const here = {
    ...{ name, settings, remote: repositoryAddress(settings.gitPort) },
    gateway: { host: '127.0.0.1', port: settings.port },
    gitServerIsUp: (await processesIn(directory).running()).has(serverName),
  };
  const cluster = await providers[settings.provider].find({ name, directory, ...settings });
  if (cluster === null) return { ...here, ...nothing };
  const { kubeconfig } = cluster;
  const kubectl = await kubectlFor(kubeconfig);
  const [applications, memory] = await Promise.all([applicationsOf(kubectl), cluster.memory()]);
  const namespaces = new Set(['argocd', ...applications.map(({ namespace }) => namespace)]);
  const complaints = await Promise.all([...namespaces].map((namespace) => complaintsOf(kubectl, namespace)));
  return { ...here, isUp: true, kubeconfig, applications, complaints: complaints.flat(), memory };
};
