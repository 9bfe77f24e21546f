import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program } from '@almanac/kubernetes';

/** An environment on a real cluster, and the way its users take to it. */
export interface Target {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Where the gateway is reached from here. */
  readonly gateway: { readonly host: string; readonly port: number };
  /** The host name under which the gateway knows the environment. */
  readonly hostname: string;
}

/** @throws Error with what kubectl said */
export async function kubectl(
  { kubeconfig, namespace }: Pick<Target, 'kubeconfig' | 'namespace'>,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const running = promisify(execFile)(
    await program('kubectl'),
    ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  running.child.stdin?.end(input);
  return (await running).stdout;
}

interface List<Item> {
  readonly items: readonly Item[];
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } };
}

/** The services of the environment. */
export const deploymentsOf = async (target: Target): Promise<readonly Deployment[]> =>
  (JSON.parse(await kubectl(target, ['get', 'deployments', '--output=json'])) as List<Deployment>).items;

/** The pods of a service, those that are ending too. */
export async function podsOf(target: Target, { spec }: Deployment): Promise<readonly Pod[]> {
  const selector = Object.entries(spec.selector.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const said = await kubectl(target, ['get', 'pods', `--selector=${selector}`, '--output=json']);
  return (JSON.parse(said) as List<Pod>).items;
}

/** Takes requests, and is not about to end. */
export const serves = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
