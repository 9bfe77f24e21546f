import { nameOf, type Resource } from './resource';

interface Reference {
  readonly name: string;
  readonly key?: string;
  readonly optional?: boolean;
}

interface Probe {
  readonly httpGet?: { readonly path: string };
}

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly seccompProfile?: { readonly type: string };
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: Reference; readonly configMapKeyRef?: Reference };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: Reference }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: SecurityContext;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: SecurityContext;
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly volumes?: readonly { readonly hostPath?: object; readonly configMap?: Reference }[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

interface WorkloadResource extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly progressDeadlineSeconds?: number;
    readonly strategy?: { readonly rollingUpdate?: { readonly maxUnavailable?: number | string } };
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

/** A resource that makes pods. */
export interface Workload {
  readonly resource: WorkloadResource;
  readonly name: string;
  /** Of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  /** Init containers too. */
  readonly containers: readonly Container[];
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
const makesPods = (resource: Resource): resource is WorkloadResource => kinds.includes(resource.kind);

/** Those among the resources that make pods. */
export const workloadsOf = (resources: readonly Resource[]): Workload[] =>
  resources.filter(makesPods).map((resource) => {
    const { metadata, spec: pod } = resource.spec.template;
    const { containers, initContainers = [] } = pod;
    return {
      resource,
      name: nameOf(resource),
      labels: metadata?.labels ?? {},
      pod,
      containers: [...initContainers, ...containers],
    };
  });
