export { missingPackages } from './contents/debian';
export { thirdPartyReferences, writeThirdPartyImages } from './third-party';
export { makeUpstreamMirrors, type Mirror } from './upstreams/mirrors';
export { writeOfflineGit } from './upstreams/offline-git';
export { upstreams, type Upstream } from './upstreams/upstreams';
export {
  writeServiceImages,
  type ServiceImage,
  type ServiceImageOptions,
} from './services/write-service-images';
