import { join } from 'node:path';
import { thirdPartyReferences, writeThirdPartyImages } from '@almanac/images';
import { cacheDirectory, program, type ProgramName } from '@almanac/kubernetes';
import { imagesOfManifests } from './manifests';

const programs: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'calico-cni',
  'calico-felix',
];

/** Builds what the node consists of, unless it is built. */
export const systemPrograms = async (): Promise<void> => {
  await Promise.all(programs.map(program));
};

export interface SystemImages {
  /** Holds the namespaces of a pod open. No manifest names it; the runtime wants to know it. */
  readonly sandbox: string;
  readonly archives: readonly string[];
}

/** Writes the images that a node runs before anything is deployed. */
export async function systemImages(): Promise<SystemImages> {
  const { pause: sandbox = '' } = await thirdPartyReferences();
  const references = [sandbox, ...(await imagesOfManifests())];
  const archives = await writeThirdPartyImages(references, { to: join(cacheDirectory(), 'images') });
  return { sandbox, archives };
}
