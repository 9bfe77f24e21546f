/** An image's reference, taken apart; the registry is always spelled out. */
export interface Reference {
  /** e.g. `docker.io/library/postgres` for `postgres` */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** `busybox` is Docker Hub's, and one of its own: docker.io/library/busybox. */
const withRegistry = (repository: string): string => {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length === 0) return `docker.io/library/${repository}`;
  return /[.:]|^localhost$/.test(first) ? repository : `docker.io/${repository}`;
};

/** Takes a reference apart, e.g. `postgres:18.4@sha256:…`. */
export function partsOf(reference: string): Reference {
  const [name = '', digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : undefined;
  return {
    repository: withRegistry(tag === undefined ? name : name.slice(0, colon)),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/**
 * Under which name containerd looks an image up: with a digest, the tag doesn't count (`ParseDockerRef` of
 * github.com/distribution/reference, which its CRI plugin calls).
 */
export function nameInContainerd(reference: string): string {
  const { repository, tag = 'latest', digest } = partsOf(reference);
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}
