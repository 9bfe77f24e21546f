import { isAutoscaler, isDisruptionBudget, selects, type Autoscaler, type DisruptionBudget } from '../kinds';
import type { Finding, Policy } from '../policy';
import { nameOf, type Resource } from '../resource';
import { workloadsOf, type Workload } from '../workload';

const wave = ({ metadata }: Resource): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? '0');

const deployments = (resources: readonly Resource[]): Workload[] =>
  workloadsOf(resources).filter(({ resource }) => resource.kind === 'Deployment');

const autoscalerOf = (resources: readonly Resource[], { name }: Workload): Autoscaler | undefined =>
  resources
    .filter(isAutoscaler)
    .find(({ spec: { scaleTargetRef: target } }) => name === `${target.kind}/${target.name}`);

/** How many there are at least. */
const replicasOf = (resources: readonly Resource[], workload: Workload): number =>
  autoscalerOf(resources, workload)?.spec.minReplicas ?? workload.resource.spec.replicas ?? 1;

const rolloutsEnd: Policy = {
  name: 'rollouts-end',
  because: 'a release that never gets ready is only noticed after ten minutes',
  check: ({ resources }) =>
    deployments(resources).flatMap(({ name, resource }) => {
      const { progressDeadlineSeconds: seconds = 600 } = resource.spec;
      return seconds <= 120
        ? []
        : [
            {
              resource: name,
              message: `gives up after ${seconds} s: progressDeadlineSeconds of 120 or less`,
            },
          ];
    }),
};

const rolloutsKeepServing: Policy = {
  name: 'rollouts-keep-serving',
  because: 'a rolling update first takes away, and requests fail',
  except: { argocd: 'its parts are one of each', 'metrics-server': 'it is asked again' },
  check: ({ resources }) =>
    deployments(resources).flatMap(({ name, resource }) =>
      resource.spec.strategy?.rollingUpdate?.maxUnavailable === 0
        ? []
        : [{ resource: name, message: 'takes pods away before new ones are ready: maxUnavailable: 0' }],
    ),
};

const autoscalersDecide: Policy = {
  name: 'autoscalers-decide',
  because: 'each sync sets back what the autoscaler has just changed',
  check: ({ resources }) =>
    workloadsOf(resources).flatMap((workload) =>
      autoscalerOf(resources, workload) !== undefined && workload.resource.spec.replicas !== undefined
        ? [{ resource: workload.name, message: 'has `replicas` beside an autoscaler: leave it out' }]
        : [],
    ),
};

const servicesScale: Policy = {
  name: 'services-scale',
  because: 'load that one pod can’t take is load that is refused',
  check: ({ resources }) =>
    deployments(resources)
      .filter(({ labels }) => labels['app.kubernetes.io/component'] === 'service')
      .flatMap((workload) => {
        const metrics = autoscalerOf(resources, workload)?.spec.metrics ?? [];
        const target = (name: string) =>
          metrics.find(({ resource }) => resource?.name === name)?.resource?.target.averageUtilization;
        return [
          target('cpu') !== 70 && { resource: workload.name, message: 'isn’t scaled at 70 % of its CPU' },
          target('memory') !== 80 && {
            resource: workload.name,
            message: 'isn’t scaled at 80 % of its memory',
          },
        ].filter((finding) => finding !== false);
      }),
};

/** How many of so many pods a budget lets go at once. */
const mayGo = ({ spec }: DisruptionBudget, replicas: number): number =>
  spec.maxUnavailable ?? replicas - (spec.minAvailable ?? replicas);

const drainsAreGentle: Policy = {
  name: 'drains-are-gentle',
  because: 'a drain takes every pod at once, or waits for ever',
  except: { argocd: 'its parts are one of each, and come back', 'metrics-server': 'it is asked again' },
  check: ({ resources }) =>
    deployments(resources).flatMap((workload): Finding[] => {
      const budget = resources
        .filter(isDisruptionBudget)
        .find(({ spec }) => selects(spec.selector, workload.labels));
      if (budget === undefined) return [{ resource: workload.name, message: 'has no PodDisruptionBudget' }];
      return mayGo(budget, replicasOf(resources, workload)) >= 1
        ? []
        : [{ resource: nameOf(budget), message: 'blocks every drain: let one pod go' }];
    }),
};

const replicasAreSpread: Policy = {
  name: 'replicas-are-spread',
  because: 'one node goes, and all replicas with it',
  check: ({ resources }) =>
    deployments(resources).flatMap((workload): Finding[] =>
      replicasOf(resources, workload) < 2 || (workload.pod.topologySpreadConstraints ?? []).length > 0
        ? []
        : [
            {
              resource: workload.name,
              message: 'may have all replicas on one node: topologySpreadConstraints',
            },
          ],
    ),
};

/** Kinds and names that a pod refers to, and can't start without. */
const referencesOf = ({ pod, containers }: Workload): string[] => [
  ...(pod.serviceAccountName === undefined ? [] : [`ServiceAccount/${pod.serviceAccountName}`]),
  ...[
    ...containers.flatMap(({ envFrom = [], env = [] }) => [
      ...envFrom.map(({ configMapRef }) => configMapRef),
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef),
    ]),
    ...(pod.volumes ?? []).map(({ configMap }) => configMap),
  ]
    .filter((reference) => reference !== undefined)
    .filter(({ optional }) => optional !== true)
    .map(({ name }) => `ConfigMap/${name}`),
];

const nothingIsWaitedForInVain: Policy = {
  name: 'nothing-is-waited-for-in-vain',
  because: 'a wave waits for a pod that waits for what comes in a later wave, or never',
  check: ({ resources }) =>
    workloadsOf(resources).flatMap((workload) =>
      [...new Set(referencesOf(workload))].flatMap((reference): Finding[] => {
        const found = resources.find((resource) => nameOf(resource) === reference);
        if (found === undefined)
          return [{ resource: workload.name, message: `refers to ${reference}, which isn’t there` }];
        return wave(found) <= wave(workload.resource)
          ? []
          : [{ resource: workload.name, message: `comes before ${reference}: give that an earlier wave` }];
      }),
    ),
};

const accountsAreOnesOwn: Policy = {
  name: 'accounts-are-ones-own',
  because: 'a right given to one is given to the other',
  check: ({ resources }) => {
    const accounts = workloadsOf(resources).map(({ name, pod }) => ({
      name,
      account: pod.serviceAccountName,
    }));
    return accounts.flatMap(({ name, account }) => {
      const other = accounts.find((one) => one.account === account && one.name !== name);
      return other === undefined
        ? []
        : [{ resource: name, message: `shares its account with ${other.name}` }];
    });
  },
};

export const rolloutPolicies: readonly Policy[] = [
  rolloutsEnd,
  rolloutsKeepServing,
  autoscalersDecide,
  servicesScale,
  drainsAreGentle,
  replicasAreSpread,
  nothingIsWaitedForInVain,
  accountsAreOnesOwn,
];
