export { type Change, type Plan } from './change';
export { type Trailer } from './commit-message';
export { editCluster, parseCluster, type Cluster } from './cluster-file';
export { environmentName, environmentPath, type EnvironmentFile, type Quarantine } from './environment';
export { editEnvironment, parseEnvironment } from './environment-file';
export { GitFailed, gitText } from './git/git';
export { openRepository, type RepositoryLocation } from './git/open-repository';
export { InvalidFile, type FileProblem } from './invalid-file';
export { jsonSchemas } from './json-schemas';
export { quarantineOf, type Environments } from './plan/environments';
export { planPromotion, type Promotion } from './plan/promote';
export { planQuarantine, planResume, planStable } from './plan/quarantine';
export { planRelease, type NewRelease } from './plan/release';
export { planRestore, type Restore } from './plan/restore';
export { planRollback, type Rollback } from './plan/roll-back';
export { changesRelease } from './product-changed';
export { refuse, type Refusal, type RefusalCode } from './refusal';
export { compareManifests, type ManifestDifference } from './render/compare';
export { render, type Manifest, type Rendering } from './render/render';
export {
  compareReleases,
  makeRelease,
  releaseId,
  type Release,
  type ReleaseComparison,
  type ReleaseContent,
  type SchemaRange,
} from './release';
export {
  following,
  releaseMain,
  type ReleaseDeps,
  type ReleaseOutcome,
  type ReleaseRequest,
} from './release-main';
export { PushRefused, type Commit, type Identity, type Repository } from './repository';
export { historyOf, pastOf, releasesOf, stateAt, type HistoryEntry, type State } from './state';
export * from './verdict';
export { PathMoved, writeChange, type WriteOptions, type Written } from './write-change';
