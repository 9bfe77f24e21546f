import type { DebianPackage } from '../contents/debian';
import type { Entry } from '../oci/entry';
import type { ImageConfig } from '../oci/archive';

/**
 * How an image of somebody else is made here, where it can't be pulled: the same program (of a Go module,
 * npm or Debian package), the same paths, user and entrypoint, as far as our manifests rely on them.
 */
export interface ThirdParty {
  /** What it is made of; the image's description says it, so that nobody takes it for the original. */
  readonly madeOf: string;
  readonly debian?: readonly DebianPackage[];
  readonly contents: () => Promise<readonly Entry[]>;
  readonly config: ImageConfig;
}

export const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
