/** What Argo CD says about an Application (argoproj.io/v1alpha1), as far as we read it. */
export interface Application {
  readonly spec?: { readonly source?: { readonly path?: string } };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string; readonly message?: string };
    readonly reconciledAt?: string;
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly finishedAt?: string;
    };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly resources?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly health?: { readonly status?: string; readonly message?: string };
    }[];
  };
}

/** A pod (v1), as far as we read it. */
export interface Pod {
  readonly metadata?: { readonly name?: string; readonly deletionTimestamp?: string | Date };
  readonly spec?: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly state?: {
    readonly running?: unknown;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
  };
}

/** Looks into a cluster, and changes nothing there. */
export interface ClusterView {
  /** @returns undefined when there is none of this name */
  application(name: string): Promise<Application | undefined>;
  pods(namespace: string): Promise<readonly Pod[]>;
}

/** Nobody could be asked; the message says why, and what to do about it. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}
