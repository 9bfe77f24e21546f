export { chooseProvider, NoProvider, providers } from './choose-provider';
export type { ClusterOptions, MemoryUse, Provider, ProviderName, Report, RunningCluster } from './provider';
