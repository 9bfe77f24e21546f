import type { Resource } from './resource';

/** Labels that an object of the Kubernetes API looks for. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether it takes these labels; an empty one takes any. */
export const selects = (
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key in labels;
    if (operator === 'DoesNotExist') return !(key in labels);
    return values.includes(labels[key] ?? '') === (operator === 'In');
  });

export interface Autoscaler extends Resource {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly {
      readonly resource?: {
        readonly name: string;
        readonly target: { readonly averageUtilization?: number };
      };
    }[];
  };
}
export const isAutoscaler = (resource: Resource): resource is Autoscaler =>
  resource.kind === 'HorizontalPodAutoscaler';

export interface DisruptionBudget extends Resource {
  readonly spec: {
    readonly selector: Selector;
    readonly maxUnavailable?: number;
    readonly minAvailable?: number;
  };
}
export const isDisruptionBudget = (resource: Resource): resource is DisruptionBudget =>
  resource.kind === 'PodDisruptionBudget';

export interface NetworkPolicy extends Resource {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly ('Ingress' | 'Egress')[];
    readonly egress?: readonly {
      readonly to?: readonly {
        readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
      }[];
    }[];
  };
}
export const isNetworkPolicy = (resource: Resource): resource is NetworkPolicy =>
  resource.kind === 'NetworkPolicy';

export interface Service extends Resource {
  readonly spec: { readonly type?: string; readonly ports?: readonly { readonly port: number }[] };
}
export const isService = (resource: Resource): resource is Service => resource.kind === 'Service';

export interface RouteRule {
  readonly matches?: readonly { readonly path?: { readonly value: string } }[];
  readonly filters?: readonly { readonly urlRewrite?: { readonly path?: { readonly type: string } } }[];
  readonly backendRefs?: readonly { readonly name: string; readonly port: number }[];
}

export interface Route extends Resource {
  readonly spec: { readonly hostnames?: readonly string[]; readonly rules: readonly RouteRule[] };
}
export const isRoute = (resource: Resource): resource is Route => resource.kind === 'HTTPRoute';

export interface Role extends Resource {
  readonly rules?: readonly { readonly verbs: readonly string[]; readonly resources?: readonly string[] }[];
}
export const isRole = (resource: Resource): resource is Role =>
  resource.kind === 'Role' || resource.kind === 'ClusterRole';

export interface Quota extends Resource {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}
export const isQuota = (resource: Resource): resource is Quota => resource.kind === 'ResourceQuota';

/** A kind that an {@link AppProject} permits, of every name unless it says one. */
export interface PermittedKind {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

export interface AppProject extends Resource {
  readonly spec: {
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly { readonly server: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist?: readonly PermittedKind[];
    readonly namespaceResourceWhitelist?: readonly PermittedKind[];
  };
}
export const isAppProject = (resource: Resource): resource is AppProject => resource.kind === 'AppProject';

export interface Definition extends Resource {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: object };
    }[];
  };
}
export const isDefinition = (resource: Resource): resource is Definition =>
  resource.kind === 'CustomResourceDefinition';
