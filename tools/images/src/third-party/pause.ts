import { program } from '@almanac/kubernetes';
import { executable } from '../oci/entry';
import { path, type ThirdParty } from './third-party';

/** Holds a pod's namespaces open and does nothing else: not even a user is in it. */
export const pause: ThirdParty = {
  madeOf: 'the Go module in tools/kubernetes that builds pause',
  contents: async () => [executable('/pause', await program('pause'))],
  config: { Entrypoint: ['/pause'], Env: [path], User: '65535:65535', WorkingDir: '/' },
};
