/** Ways to get a Kubernetes cluster. Whatever is done with one afterwards is the same on all of them. */
export type ProviderName = 'bare' | 'kind' | 'context';

/** Which cluster is meant. */
export interface ClusterOptions {
  /** Lower-case letters, digits and dashes, at most 20: clusters of different names live side by side. */
  readonly name: string;
  /**
   * Absolute path of the folder that belongs to this cluster alone. A provider keeps `kubeconfig`,
   * `processes/` (who runs) and `logs/<process>.log` there, and what else it needs in `<provider>/`.
   */
  readonly directory: string;
  /** For `context`: which kubecontext; the current one by default. */
  readonly context?: string;
  /** For `context`: IPv4 address at which pods reach this machine, for a cluster of which we can't tell. */
  readonly hostAddress?: string;
}

/** Tells the person what is going on. */
export interface Report {
  /** Shows `title` while `run` runs, and how long it took. Steps may overlap. */
  step<T>(title: string, run: () => Promise<T>): Promise<T>;
  /** One line that stays. */
  note(line: string): void;
}

/** Memory of one part of a cluster. */
export interface MemoryUse {
  readonly name: string;
  /** Bytes that are resident in RAM. */
  readonly bytes: number;
}

/** A cluster whose API answers. */
export interface RunningCluster {
  /** Path of a kubeconfig (mode 0600) whose current context is this cluster, as an administrator. */
  readonly kubeconfig: string;
  /** IPv4 address at which pods reach processes on this machine; these must listen on more than loopback. */
  readonly hostAddress: string;
  /** Where this machine reaches NodePort 30080. */
  readonly gateway: { readonly host: string; readonly port: number };
  /** Nothing can be pulled: third-party images must be loaded as well, under the names of the manifests. */
  readonly needsImages: boolean;
  /**
   * Makes images known to every node, under the names written in the archives.
   * @param archives paths of OCI layout tars; one that is loaded already costs little
   */
  loadImages(archives: readonly string[]): Promise<void>;
  /** What the cluster's own processes and its pods take; empty where that can't be seen from here. */
  memory(): Promise<readonly MemoryUse[]>;
}

export interface Provider {
  readonly name: ProviderName;
  /** @returns null if a cluster can be made here, else everything that is in the way, for a person to read */
  available(): Promise<string | null>;
  /**
   * Brings the cluster up: nodes ready, DNS answering, a default StorageClass. On a cluster that runs it
   * changes nothing; on one that runs by half it starts what is missing.
   */
  up(cluster: ClusterOptions, report: Report): Promise<RunningCluster>;
  /** @returns the cluster if its API answers, else null */
  find(cluster: ClusterOptions): Promise<RunningCluster | null>;
  /**
   * Takes down what `up` made, and nothing else; `context` leaves the cluster as it is, because it isn't
   * ours. The provider's own files in `cluster.directory` go too. Does nothing if there is no such cluster.
   */
  down(cluster: ClusterOptions, report: Report): Promise<void>;
}
