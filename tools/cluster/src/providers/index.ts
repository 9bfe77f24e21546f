export { chooseProvider, NoProvider, providers } from './choose-provider';
export type { ClusterOptions, ProviderName, Report, RunningCluster } from './provider';
