import { waitUntil } from '@almanac/testkit';
import {
  connect,
  isReady,
  paths,
  runningDigests,
  type Application,
  type Kubernetes,
  type Pod,
} from './kubernetes';
import { platform } from './platform';

let connection: Kubernetes | undefined;

/** The cluster under test. */
export const kubernetes = (): Kubernetes => (connection ??= connect(platform().kubeconfig));

/** The Application of an environment, which has the name of its namespace. */
export const application = (name: string): Promise<Application | null> =>
  kubernetes().get<Application>(`${paths.applications}/${name}`);

export interface ReleaseBlock {
  readonly id: string;
  readonly revision: string;
  readonly images: Readonly<Record<string, string>>;
}

/** Milliseconds that something has which takes seconds on a quiet machine. */
const patience = 120_000;

const synced = ({ status }: Application, revision: string): boolean =>
  status?.sync?.status === 'Synced' &&
  status.sync.revision === revision &&
  status.operationState?.phase === 'Succeeded';

/** Waits until Argo CD has applied a release. */
export async function untilSynced(name: string, { revision }: ReleaseBlock): Promise<void> {
  let seen: Application | null = null;
  await waitUntil(
    async () => {
      seen = await application(name);
      return seen !== null && synced(seen, revision);
    },
    { timeout: patience, every: 25, until: () => [`${name} was synced at ${revision}`, seen?.status] },
  );
}

/** Waits until the pods of an environment run the digests of a release, and nothing else. */
export async function untilRunning(namespace: string, { images }: ReleaseBlock): Promise<void> {
  const { migrate: _, ...services } = images; // runs once, in a Job
  let seen: readonly Pod[] = [];
  await waitUntil(
    async () => {
      seen = await servicePods(namespace);
      const wanted = [...new Set(Object.values(services))].sort();
      const ready = seen.filter(isReady);
      return (
        ready.length >= wanted.length &&
        seen.every(({ metadata, status }) => metadata.deletionTimestamp ?? status.phase === 'Running') &&
        runningDigests(ready).join() === wanted.join()
      );
    },
    {
      timeout: patience,
      every: 25,
      until: () => [
        `${namespace} ran ${JSON.stringify(services)}`,
        seen.map(({ metadata, status }) => [metadata.name, metadata.deletionTimestamp, status.phase]),
      ],
    },
  );
}

/** The pods of the services: those that a Deployment made. */
const servicePods = async (namespace: string): Promise<readonly Pod[]> =>
  (await kubernetes().list<Pod>(paths.pods(namespace))).filter(
    ({ metadata }) => metadata.labels?.['pod-template-hash'] !== undefined,
  );
