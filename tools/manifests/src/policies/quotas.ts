import { isAutoscaler, isQuota } from '../kinds';
import type { Policy } from '../policy';
import { quantity } from '../quantity';
import { nameOf, type Resource } from '../resource';
import { workloadsOf, type Container, type Workload } from '../workload';

/** As many pods as there may be at once: at the autoscaler's end, in the middle of a rollout. */
const podsOf = (resources: readonly Resource[], { name, resource }: Workload): number => {
  const scaled = resources
    .filter(isAutoscaler)
    .find(({ spec: { scaleTargetRef: target } }) => name === `${target.kind}/${target.name}`);
  const surge = resource.kind === 'Deployment' ? 1 : 0;
  return (scaled?.spec.maxReplicas ?? resource.spec.replicas ?? 1) + surge;
};

/** What a container has of `requests.cpu`, `limits.memory` or the like. */
const shareOf = (key: string, { resources = {} }: Container): number => {
  const [list, name] = key.split('.') as ['requests' | 'limits', string];
  return quantity(resources[list]?.[name] ?? 0);
};

/** What one pod takes: init containers run before the others, one at a time. */
const podTakes = (key: string, { containers, pod }: Workload): number => {
  if (key === 'pods') return 1;
  const together = pod.containers.reduce((sum, container) => sum + shareOf(key, container), 0);
  return Math.max(together, ...containers.map((container) => shareOf(key, container)));
};

const counted = ['pods', 'requests.cpu', 'requests.memory', 'limits.memory'];

/** What all pods of these resources take at most, at the same time. */
export const mostOf = (key: string, resources: readonly Resource[]): number =>
  workloadsOf(resources).reduce(
    (sum, workload) => sum + podsOf(resources, workload) * podTakes(key, workload),
    0,
  );

export const quotasFit: Policy = {
  name: 'quotas-fit',
  because: 'a rollout under load stops half-way, because the namespace is full',
  check: ({ resources }) =>
    resources.filter(isQuota).flatMap((quota) =>
      Object.entries(quota.spec.hard)
        .filter(([key]) => counted.includes(key))
        .filter(([key, allowed]) => mostOf(key, resources) > quantity(allowed))
        .map(([key, allowed]) => ({
          resource: nameOf(quota),
          message: `allows ${key} of ${allowed}: all services at their most, in a rollout, take ${mostOf(key, resources)}`,
        })),
    ),
};
