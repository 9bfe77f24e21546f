import { waitUntil } from '@almanac/testkit';
import { deploymentsOf, kubectl, podsOf, serves, type Deployment, type Pod, type Target } from './target';

/** Something that happens to the pods of an environment while it is used. */
export interface Disturbance {
  readonly name: string;
  readonly about: string;
  /** @returns milliseconds until as many pods served again, for each pod that was taken */
  readonly bring: (target: Target) => Promise<readonly number[]>;
}

/** Milliseconds until a pod has to be back, pulled and started on a busy machine. */
const patience = 120_000;

/** Takes each pod of each service, one after the other, and waits until another serves in its place. */
const eachPod =
  (take: (target: Target, pod: Pod) => Promise<void>) =>
  async (target: Target): Promise<number[]> => {
    const absences: number[] = [];
    for (const deployment of await deploymentsOf(target)) {
      const pods = (await podsOf(target, deployment)).filter(serves);
      for (const pod of pods) {
        const begin = performance.now();
        await take(target, pod);
        await backAgain(target, deployment, pods.length, pod);
        absences.push(performance.now() - begin);
      }
    }
    return absences;
  };

const backAgain = (target: Target, deployment: Deployment, count: number, gone: Pod) =>
  waitUntil(
    async () => {
      const others = (await podsOf(target, deployment)).filter(
        ({ metadata }) => metadata.uid !== gone.metadata.uid,
      );
      return others.filter(serves).length >= count;
    },
    { timeout: patience, every: 100, until: `${count} pods of ${deployment.metadata.name} served` },
  );

/** The Eviction API, which is what a drain uses: it refuses while the budget doesn't allow it. */
async function evict(target: Target, { metadata: { name } }: Pod): Promise<void> {
  const eviction = JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: target.namespace },
  });
  const path = `/api/v1/namespaces/${target.namespace}/pods/${name}/eviction`;
  await waitUntil(() => kubectl(target, ['create', '--raw', path, '--filename=-'], eviction), {
    timeout: patience,
    every: 250,
    until: `the disruption budget allowed ${name} to be evicted`,
  });
}

export const disturbances: readonly Disturbance[] = [
  {
    name: 'rolling-update',
    about: 'all services get new pods, as with a new release',
    bring: async (target) => {
      const begin = performance.now();
      const names = (await deploymentsOf(target)).map(({ metadata }) => `deployment/${metadata.name}`);
      await kubectl(target, ['rollout', 'restart', ...names]);
      for (const name of names)
        await kubectl(target, ['rollout', 'status', name, `--timeout=${patience / 1000}s`]);
      return [performance.now() - begin];
    },
  },
  {
    name: 'pod-killed',
    about: 'each pod is deleted',
    bring: eachPod(async (target, { metadata: { name } }) => {
      await kubectl(target, ['delete', 'pod', name, '--wait=false']);
    }),
  },
  {
    name: 'pod-evicted',
    about: 'each pod is evicted, as when its node is drained; the disruption budget is kept',
    bring: eachPod(evict),
  },
];
