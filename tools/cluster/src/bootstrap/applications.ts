import type { Kubectl, Resource } from '../kubectl';

/** An Application of Argo CD, as far as we look at it. */
interface Application extends Resource {
  readonly spec: { readonly destination: { readonly namespace: string } };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string; readonly message?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase: string; readonly message?: string };
  };
}

/** How an Application is. */
export interface ApplicationStatus {
  readonly name: string;
  readonly namespace: string;
  /** The id of the release it was made of; none of Applications that are no environment. */
  readonly release: string | undefined;
  readonly revision: string | undefined;
  /** `Synced` or `OutOfSync`; `Unknown` until Argo CD has looked. */
  readonly sync: string;
  /** `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing`; `Unknown` until Argo CD has looked. */
  readonly health: string;
  /** What is in the way, in Argo CD's words. */
  readonly trouble: readonly string[];
}

const statusOf = ({ metadata, spec, status = {} }: Application): ApplicationStatus => {
  const { sync, health, conditions = [], operationState } = status;
  const failed = operationState !== undefined && !['Succeeded', 'Running'].includes(operationState.phase);
  return {
    name: metadata.name,
    namespace: spec.destination.namespace,
    release: metadata.annotations?.['almanac.dev/release'],
    revision: sync?.revision,
    sync: sync?.status ?? 'Unknown',
    health: health?.status ?? 'Unknown',
    trouble: [
      ...conditions.filter(({ type }) => type.endsWith('Error')).map(({ message }) => message),
      ...(failed && operationState.message !== undefined ? [operationState.message] : []),
    ],
  };
};

export const applicationsOf = async (kubectl: Kubectl): Promise<readonly ApplicationStatus[]> =>
  (await kubectl.list<Application>('applications.argoproj.io', '-n', 'argocd')).map(statusOf);

export const isWell = ({ sync, health }: ApplicationStatus): boolean =>
  sync === 'Synced' && health === 'Healthy';

/** In a few words, e.g. `OutOfSync, Progressing`. */
export const inWords = ({ sync, health }: ApplicationStatus): string => `${sync}, ${health}`;
