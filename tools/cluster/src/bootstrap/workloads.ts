import type { Kubectl, Resource } from '../kubectl';

interface Workload extends Resource {
  readonly metadata: Resource['metadata'] & { readonly generation: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

interface Pod extends Resource {
  readonly status: {
    readonly conditions?: readonly { type: string; status: string; message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly state: {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly terminated?: { readonly reason: string; readonly exitCode: number };
  };
}

/** Whether the pods of a Deployment or StatefulSet are those of its newest template, and ready. */
export const isReady = ({ metadata, spec, status }: Workload): boolean => {
  const { replicas = 1 } = spec;
  const { observedGeneration, readyReplicas = 0, updatedReplicas = 0 } = status;
  return (
    observedGeneration === metadata.generation && readyReplicas >= replicas && updatedReplicas >= replicas
  );
};

export const workloadsOf = (kubectl: Kubectl, namespace: string): Promise<readonly Workload[]> =>
  kubectl.list<Workload>('deployments,statefulsets', '-n', namespace);

/** What a container waits for, in the words of the kubelet; none if it runs or has done its work. */
const complaintOf = ({ name, state: { waiting, terminated } }: ContainerStatus): string | undefined => {
  if (waiting && waiting.reason !== 'PodInitializing' && waiting.reason !== 'ContainerCreating')
    return `${name}: ${waiting.reason}${waiting.message === undefined ? '' : `, ${waiting.message}`}`;
  if (terminated && terminated.exitCode !== 0)
    return `${name}: ${terminated.reason}, exit code ${terminated.exitCode}`;
  return undefined;
};

/** What is wrong with pods of a namespace, each with the reason that Kubernetes gives. */
export const complaintsOf = async (kubectl: Kubectl, namespace: string): Promise<readonly string[]> => {
  const pods = await kubectl.list<Pod>('pods', '-n', namespace);
  return pods.flatMap(({ metadata, status }) => {
    const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
    const unscheduled = conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
    const reasons = [
      ...(unscheduled ? [`can’t be scheduled: ${unscheduled.message}`] : []),
      ...[...initContainerStatuses, ...containerStatuses].flatMap(
        (container) => complaintOf(container) ?? [],
      ),
    ];
    return reasons.map((reason) => `${namespace}/${metadata.name}: ${reason}`);
  });
};
