import { kubeconfigOf } from '@almanac/cluster';
import { stateAt, type EnvironmentFile, type Identity, type Repository, type State } from '@almanac/gitops';
import { Option, type Command } from 'commander';
import type { ClusterView } from './cluster-view';
import { viewCluster, type ClusterOptions } from './kubernetes-view';
import { openRemote, remoteAddress, whoAmI } from './remote';

/** What a command of delivery can be told about where to look. */
export interface DeliveryOptions extends ClusterOptions {
  readonly remote?: string;
  readonly branch: string;
  readonly json?: true;
}

export const deliveryOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--remote <name>',
        'the git remote or address that says what runs where (default: local, else origin)',
      ),
    )
    .addOption(new Option('--branch <name>', 'the state branch').default('main'));

export const clusterOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--kubeconfig <file>', 'of the cluster (default: of `npm run cluster`, else KUBECONFIG)'),
    )
    .addOption(
      new Option(
        '--context <name>',
        'of the kubeconfig (default: named as the cluster, else the current one)',
      ),
    );

/** The two places that know: git, what shall run; each cluster, what does. */
export interface Delivery {
  readonly repository: Repository;
  /** What the remote says now. */
  state(): Promise<State>;
  /** @throws Unreachable when there is no kubeconfig for it */
  cluster(environment: string): Promise<ClusterView>;
  /** @throws Error that says how to tell git who one is */
  author(): Promise<Identity>;
}

export async function openDelivery({ remote, branch, ...cluster }: DeliveryOptions): Promise<Delivery> {
  const cwd = process.cwd();
  const address = await remoteAddress(cwd, remote);
  const repository = openRemote(address, branch);
  return {
    repository,
    state: async () => stateAt(repository, await repository.head()),
    cluster: async (environment) => {
      const name = environment.split('/')[0] ?? '';
      const ofThisMachine = name === 'local' && cluster.kubeconfig === undefined;
      return viewCluster(name, cluster, ofThisMachine ? await kubeconfigOf(address) : undefined);
    },
    author: () => whoAmI(cwd),
  };
}

/** @throws Error when there is none of this name, or its file can’t be read */
export function environmentOf({ environments, invalid }: State, name: string): EnvironmentFile {
  const found = environments.get(name);
  if (found) return found;
  const unreadable = invalid.find(({ environment }) => environment === name);
  if (unreadable) throw unreadable;
  const names = [...environments.keys()];
  throw new Error(`there is no environment ${name}; there are ${names.join(', ') || 'none'}`);
}
