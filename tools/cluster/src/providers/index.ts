export { bare } from './bare';
export type { ClusterOptions, MemoryUse, Provider, ProviderName, Report, RunningCluster } from './provider';
