export { clusterNames, walkCluster, type Cluster, type Rendered } from './cluster';
export { offlineKustomize, type Kustomize } from './kustomize';
export type { Resource } from './resource';
