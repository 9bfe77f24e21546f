/** What a release is made of, from the repository’s root. */
const product = [
  /^(services|packages|base|overlays|apps)\//,
  /^tools\/(migrate|images|kubernetes)\//,
  /^(package(-lock)?\.json|tsconfig\.base\.json|Dockerfile|\.dockerignore)$/,
];

/** What the platform of a cluster is made of. */
const platform = (cluster: string): RegExp[] => [
  /^(apps|argocd|base|overlays)\//,
  new RegExp(`^clusters/${cluster}/(platform/|kustomization\\.yaml$|cluster\\.yaml$)`),
];

const neverPart = /(^|\/)test\/|\.test\.tsx?$|\.md$/;

/**
 * Whether a release of this environment would be another one when these files change. Documents, tests
 * and the environments’ own files are part of none.
 */
export function changesRelease(environment: string, paths: readonly string[]): boolean {
  const [cluster = '', name] = environment.split('/');
  const parts = name === 'platform' ? [...platform(cluster)] : product;
  return paths.some((path) => !neverPart.test(path) && parts.some((part) => part.test(path)));
}
