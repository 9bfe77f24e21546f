import type { EnvironmentFile, Release } from '@almanac/gitops';
import type { Application, ClusterView, Pod } from './cluster-view';

/** What a cluster says about the release of an environment. */
export interface Assessment {
  /** Argo CD’s words: Synced, OutOfSync, Unknown. */
  readonly sync: string;
  /** Argo CD’s words: Healthy, Progressing, Degraded, Suspended, Missing, Unknown. */
  readonly health: string;
  /** What is missing until the release runs as it should; empty when it does. */
  readonly missing: readonly string[];
  /** Argo CD and the workloads are at it: what is missing may be there in a moment. */
  readonly settling: boolean;
}

export const isVerified = ({ missing }: Assessment): boolean => missing.length === 0;

/** Argo CD’s Application of an environment. */
const applicationName = ({ name, target }: Pick<EnvironmentFile, 'name' | 'target'>): string =>
  name.endsWith('/platform') ? 'platform' : target.namespace;

/** Looks at what the release of an environment has become on its cluster. */
export async function look(
  view: ClusterView,
  environment: EnvironmentFile,
  release: Release,
): Promise<Assessment> {
  const [application, pods] = await Promise.all([
    view.application(applicationName(environment)),
    view.pods(environment.target.namespace),
  ]);
  return assess(environment, release, application, pods);
}

/**
 * Whether a release runs as it should: Synced at its commit and Healthy, both said after the last sync
 * was over, and every running container of its services has the release’s digest. `Synced` alone can
 * be said of a cached or an older revision (argo-cd #26530, #29716), so the containers have the last word.
 */
export function assess(
  environment: EnvironmentFile,
  release: Release,
  application: Application | undefined,
  pods: readonly Pod[],
): Assessment {
  if (application === undefined) {
    const name = applicationName(environment);
    const missing = [`Argo CD has no Application ${name} yet`];
    return { sync: 'Missing', health: 'Missing', missing, settling: false };
  }
  const { sync, health } = application.status ?? {};
  const notSeen = outdated(application);
  return {
    sync: sync?.status ?? 'Unknown',
    health: health?.status ?? 'Unknown',
    missing: [
      ...ofOtherCluster(environment, application),
      ...notSynced(release, application),
      ...notHealthy(application),
      ...notSeen,
      ...pods.flatMap((pod) => wrongImages(release, pod)),
    ],
    settling: notSeen.length > 0 || health?.status === 'Progressing',
  };
}

function ofOtherCluster({ target }: EnvironmentFile, { spec }: Application): string[] {
  const path = spec?.source?.path;
  return path === undefined || path === target.overlay
    ? []
    : [`the Application there is of ${path}, not of ${target.overlay}: is this the right cluster?`];
}

function notSynced({ revision }: Release, { status = {} }: Application): string[] {
  const { sync, operationState, conditions = [] } = status;
  const errors = conditions
    .filter(({ type }) => type.endsWith('Error'))
    .map(({ type, message }) => `${type}: ${message}`);
  const failed = ['Failed', 'Error'].includes(operationState?.phase ?? '')
    ? [`the sync failed: ${operationState?.message ?? 'without a reason'}`]
    : [];
  if (sync?.status !== 'Synced') return [`it is ${sync?.status ?? 'not synced yet'}`, ...errors, ...failed];
  return sync.revision === revision
    ? [...errors, ...failed]
    : [
        `it is synced to ${(sync.revision ?? 'nothing').slice(0, 10)}, not to ${revision.slice(0, 10)}`,
        ...errors,
      ];
}

function notHealthy({ status = {} }: Application): string[] {
  const { health, resources = [] } = status;
  if (health?.status === 'Healthy') return [];
  const unhealthy = resources
    .filter((resource) => resource.health?.status !== undefined && resource.health.status !== 'Healthy')
    .map(
      ({ kind, name, health: of }) =>
        `${kind} ${name} is ${of!.status!}${of?.message ? `: ${of.message}` : ''}`,
    );
  return unhealthy.length > 0 ? unhealthy : [`it is ${health?.status ?? 'of unknown health'}`];
}

/** What was said before the last sync was over says nothing about what came of it. */
function outdated({ status = {} }: Application): string[] {
  const { operationState, reconciledAt } = status;
  const finished = operationState?.finishedAt;
  if (operationState && finished === undefined && operationState.phase === 'Running')
    return ['a sync is running'];
  return finished !== undefined &&
    reconciledAt !== undefined &&
    Date.parse(reconciledAt) < Date.parse(finished)
    ? ['Argo CD hasn’t looked again since the sync']
    : [];
}

function wrongImages({ images }: Release, { metadata = {}, spec, status = {} }: Pod): string[] {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return []; // a Job’s: it has run
  // One that ends left its Services when it was told to; it only finishes what it has.
  if (metadata.deletionTimestamp !== undefined) return [];
  const pod = metadata.name ?? 'a pod';
  return (status.containerStatuses ?? []).flatMap(({ name, image, imageID, state }) => {
    const asked = spec?.containers.find((container) => container.name === name)?.image ?? image;
    const digest = images[serviceOf(asked)];
    if (digest === undefined) return []; // not one of our services
    if (state?.waiting)
      return [`${pod} waits: ${[state.waiting.reason, state.waiting.message].filter(Boolean).join(': ')}`];
    return imageID.endsWith(digest)
      ? []
      : [
          `${pod} runs ${imageID
            .split('@')
            .at(-1)!
            .slice(0, 'sha256:'.length + 12)}…, not the release’s image`,
        ];
  });
}

/** `ghcr.io/almanac/task-api@sha256:…` → `task-api` */
const serviceOf = (image: string): string => image.split('@')[0]!.split('/').at(-1)!.split(':')[0]!;
