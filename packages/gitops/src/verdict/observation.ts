import type { ReleaseId } from '../release';
import type { SymptomKind } from './evidence';
import type { Instant, Seconds } from './instant';
import type { Trouble } from './trouble';

/**
 * What the adapters saw, as plain data. They report; what it means is decided here.
 *
 * “Before” is always the time of the stable release: a rollback restores that, so the question is
 * what changed since, and not what the newest of several promotions changed.
 */
export interface Observation {
  readonly application: Application;
  readonly workloads: readonly Workload[];
  readonly jobs: readonly Job[];
  readonly objectives: readonly Objective[];
  readonly queues: readonly Queue[];
  /** What the product needs and doesn’t bring: database, broker, registry, certificates. Only those in trouble. */
  readonly dependencies: readonly Dependency[];
  /** Only those in trouble. */
  readonly nodes: readonly NodeTrouble[];
  /** What showed symptoms before already, as `Symptom.subject` names it. */
  readonly failedBefore: readonly string[];
  /** Other environments and applications that show symptoms now. */
  readonly elsewhere: readonly FailureElsewhere[];
  readonly troubles: readonly Trouble[];
}

/** The Application of Argo CD. */
export interface Application {
  /** Whose revision and images its spec names. The ApplicationSet needs a moment after a push. */
  readonly release: ReleaseId | undefined;
  /** Off: a person works by hand. */
  readonly autoSync: boolean;
  readonly reconciledAt: Instant;
  /** The manifests of this revision don’t render. (Not reaching git is a trouble instead.) */
  readonly renderError?: { readonly message: string; readonly since: Instant };
  readonly operation?: SyncOperation;
  /** What Argo CD calls Degraded and is neither workload nor Job of the release: autoscalers, CronJobs … */
  readonly degraded: readonly { readonly resource: string; readonly message: string }[];
}

/** The last sync operation, running or done. */
export interface SyncOperation {
  /** `Failed`: the cluster didn’t take it. `Error`: Argo CD couldn’t try. */
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error';
  /** 40 hex digits. */
  readonly revision: string;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly message: string;
}

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  /** The hash of its pod template now … */
  readonly template: string;
  /** … and before; undefined where there was none. The same hash: the release didn’t touch it. */
  readonly templateBefore: string | undefined;
  readonly generation: number;
  readonly observedGeneration: number;
  /** Pods: as many as there should be; those of the template; those of them that are ready. */
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  /** Since when it hasn’t been as it should; a pod that is ready for a moment in between doesn’t end it. */
  readonly incompleteSince?: Instant;
  /** How long a rollout may take, as it declares; StatefulSets and DaemonSets by annotation, if at all. */
  readonly deadline?: Seconds;
  /** The API server takes no more pods of it: quota, admission. */
  readonly refused?: { readonly message: string; readonly since: Instant };
  readonly pods: readonly Pod[];
}

export interface Pod {
  readonly name: string;
  /** The hash of the template it was made from. */
  readonly template: string;
  /** undefined while no node has room for it. */
  readonly node: string | undefined;
  readonly ready: boolean;
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string;
  /** The service whose image it is; undefined for what the release doesn’t name, such as a sidecar. */
  readonly service?: string;
  /** Of the image that really runs (`imageID`); undefined before it does. */
  readonly digest?: string;
  readonly restarts: number;
  /** Why it doesn’t run, in the kubelet’s words: ImagePullBackOff, CrashLoopBackOff … */
  readonly waiting?: { readonly reason: string; readonly message: string };
  readonly lastExit?: { readonly code: number; readonly reason: string };
  /** The probe that fails. */
  readonly probe?: { readonly kind: 'startup' | 'readiness' | 'liveness'; readonly message: string };
  /** Since when it fails, at the first sign; neither a restart of it nor one of the controller makes that younger. */
  readonly failingSince?: Instant;
}

export interface Job {
  readonly kind: 'migration' | 'hook';
  readonly name: string;
  /** Whether it wasn’t there before. A migration set that didn’t change has the Job it had. */
  readonly new: boolean;
  readonly state: 'running' | 'succeeded' | 'failed';
  /** Its last words, when it failed. */
  readonly message: string;
  /** When this state began. */
  readonly since: Instant;
  readonly pods: readonly Pod[];
}

/** A service level objective, by its multi-window burn rate. */
export interface Objective {
  readonly name: string;
  /** The workloads that a measured request passes through. */
  readonly measures: readonly string[];
  /** How many times faster than allowed the error budget goes, and what is too fast. */
  readonly burn: number | 'no data';
  readonly limit: number;
  /** Since when it has been too fast. */
  readonly burningSince?: Instant;
}

/** A consumer group on a topic, or a job queue. */
export interface Queue {
  readonly name: string;
  /** The workload that consumes it. */
  readonly consumer: string;
  readonly lag: Growth;
  readonly deadLetters: Growth;
}

/** A number of messages; `growingSince` while it grows faster than its rule allows. */
export type Growth = { readonly count: number; readonly growingSince?: Instant } | 'no data';

export interface Dependency {
  readonly name: string;
  /** A registry is needed to start a pod, a service to run it. */
  readonly kind: 'registry' | 'service';
  readonly message: string;
}

export interface NodeTrouble {
  readonly name: string;
  /** Such as NotReady, DiskPressure, Drained. */
  readonly condition: string;
}

export interface FailureElsewhere {
  /** An environment (`<cluster>/<environment>`) or another application. */
  readonly name: string;
  readonly symptom: SymptomKind;
  readonly since: Instant;
  /** Whether it has a change of its own that may be the cause. */
  readonly changed: boolean;
}
