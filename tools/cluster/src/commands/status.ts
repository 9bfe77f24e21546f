import type { MemoryUse } from '../providers/provider';
import { applicationsOf, type ApplicationStatus } from '../bootstrap/applications';
import { complaintsOf } from '../bootstrap/workloads';
import { adminPasswordOf } from '../bootstrap/admin-password';
import { kubectlFor } from '../kubectl';
import { processesIn } from '../processes';
import { providers } from '../providers';
import { filesOf, readSettings, type Settings } from '../state';
import type { Address } from '../server/forward';
import { addressesOf } from './addresses';
import { serverName } from './server';

/** What can be said of a cluster; for scripts too. */
export interface ClusterStatus {
  readonly name: string;
  /** Of this machine; none of a cluster that was never begun. */
  readonly settings: Settings | undefined;
  /** Whether its API answers. */
  readonly isUp: boolean;
  readonly kubeconfig: string | undefined;
  /** Where everything of it is. */
  readonly directory: string;
  /** URL of the git remote; none of a cluster that was never begun, like the other addresses. */
  readonly remote: string | undefined;
  /** URL of production. */
  readonly page: string | undefined;
  /** URL of dev. */
  readonly dev: string | undefined;
  readonly argocd:
    { readonly url: string; readonly username: 'admin'; readonly password: string | undefined } | undefined;
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
    return {
      ...{ name, settings, directory, remote: undefined, page: undefined, dev: undefined, argocd: undefined },
      ...{ gateway: undefined, gitServerIsUp: false, ...nothing },
    };

  const { page, dev, argocd: url, remote } = addressesOf(settings);
  const here = {
    ...{
      name,
      settings,
      directory,
      remote,
      page,
      dev,
      argocd: { url, username: 'admin' as const, password: undefined },
    },
    gateway: { host: '127.0.0.1', port: settings.port },
    gitServerIsUp: (await processesIn(directory).running()).has(serverName),
  };
  const cluster = await providers[settings.provider].find({ name, directory, ...settings });
  if (cluster === null) return { ...here, ...nothing };
  const { kubeconfig } = cluster;
  const kubectl = await kubectlFor(kubeconfig);
  const [applications, memory, password] = await Promise.all([
    applicationsOf(kubectl),
    cluster.memory(),
    adminPasswordOf(kubectl),
  ]);
  const namespaces = new Set(['argocd', ...applications.map(({ namespace }) => namespace)]);
  const complaints = await Promise.all([...namespaces].map((namespace) => complaintsOf(kubectl, namespace)));
  return {
    ...{ ...here, argocd: { ...here.argocd, password }, isUp: true, kubeconfig },
    ...{ applications, complaints: complaints.flat(), memory },
  };
};
