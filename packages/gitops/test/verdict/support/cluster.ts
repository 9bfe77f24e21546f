import type {
  Application,
  Container,
  Dependency,
  FailureElsewhere,
  History,
  Instant,
  Job,
  NodeTrouble,
  Objective,
  Observation,
  Pod,
  Policy,
  Queue,
  Trouble,
  Workload,
} from '../../../src/verdict';
import { after } from '../../../src/verdict/instant';
import { release } from '../../support/files';

/** The stable release, and the one whose verdict is asked for, promoted at second 0. */
export const stable = release(1);
export const promoted = release(2);

/** The instant so many seconds after the promotion. */
export const at = (seconds: number): Instant => after('2026-11-21T14:00:00Z', seconds);

export const policy: Policy = {
  rollback: 'automatic',
  settle: 3,
  bake: 120,
  deadline: 600,
  window: 1_200,
  restarts: 2,
};

export const past: History = {
  environment: 'local/production',
  steps: [
    { kind: 'promotion', release: promoted, at: at(0), by: 'Grace' },
    { kind: 'promotion', release: stable, at: at(-86_400), by: 'Grace' },
  ],
  stable,
  quarantined: [],
};

const container = (name: string): Container => ({
  name,
  restarts: 0,
  ...(name in promoted.images && { service: name, digest: promoted.images[name]! }),
});

const workload = (kind: Workload['kind'], name: string, changed: boolean): Workload => ({
  kind,
  name,
  template: changed ? 'new' : 'same',
  templateBefore: 'same',
  generation: 2,
  observedGeneration: 2,
  desired: 2,
  updated: 2,
  ready: 2,
  pods: ['node-1', 'node-2'].map((node) => ({
    name: `${name}-${node}`,
    template: changed ? 'new' : 'same',
    node,
    ready: true,
    containers: [container(name)],
  })),
});

/** The promoted release as it should be: task-api, its database and its agent changed, web and audit not. */
export const healthy: Observation = {
  application: {
    release: promoted.id,
    autoSync: true,
    reconciledAt: at(20),
    operation: {
      phase: 'Succeeded',
      revision: promoted.revision,
      startedAt: at(1),
      finishedAt: at(15),
      message: '',
    },
    degraded: [],
  },
  workloads: [
    workload('Deployment', 'task-api', true),
    workload('StatefulSet', 'postgres', true),
    workload('DaemonSet', 'agent', true),
    workload('Deployment', 'web', false),
    workload('Deployment', 'audit', false),
  ],
  jobs: [
    {
      kind: 'migration',
      name: 'migrate-2',
      new: true,
      state: 'succeeded',
      message: '',
      since: at(8),
      pods: [],
    },
  ],
  objectives: [
    { name: 'tasks are created', measures: ['web', 'task-api'], burn: 0.4, limit: 14.4 },
    { name: 'the page opens', measures: ['web'], burn: 0.1, limit: 14.4 },
  ],
  queues: [
    { name: 'reminders', consumer: 'task-api', lag: { count: 3 }, deadLetters: { count: 0 } },
    { name: 'audit log', consumer: 'audit', lag: { count: 0 }, deadLetters: { count: 0 } },
  ],
  dependencies: [],
  nodes: [],
  failedBefore: [],
  elsewhere: [],
  troubles: [],
};

/** Something that happens to what is seen. */
export type Happening = (seen: Observation) => Observation;

export const seenAfter = (happenings: readonly Happening[]): Observation =>
  happenings.reduce((seen, happens) => happens(seen), healthy);

export const application =
  (change: Partial<Application>): Happening =>
  (seen) => ({ ...seen, application: { ...seen.application, ...change } });

export const operation = (change: Partial<Application['operation']>): Happening =>
  application({ operation: { ...healthy.application.operation!, ...change } });

export const workloadIs =
  (name: string, change: Partial<Workload>): Happening =>
  (seen) => ({
    ...seen,
    workloads: seen.workloads.map((item) => (item.name === name ? { ...item, ...change } : item)),
  });

/** The pods of a workload, or that on one node. */
export const podsOf =
  (name: string, change: (pod: Pod) => Pod, node?: string): Happening =>
  (seen) => ({
    ...seen,
    workloads: seen.workloads.map((item) =>
      item.name === name
        ? {
            ...item,
            pods: item.pods.map((pod) => (node === undefined || pod.node === node ? change(pod) : pod)),
          }
        : item,
    ),
  });

/** Their containers aren’t ready, because. */
export const containersOf = (name: string, change: Partial<Container>, node?: string): Happening =>
  podsOf(
    name,
    (pod) => ({ ...pod, ready: false, containers: pod.containers.map((one) => ({ ...one, ...change })) }),
    node,
  );

/** A new pod template, made of the same images. */
export const reconfigured =
  (name: string): Happening =>
  (seen) =>
    podsOf(name, (pod) => ({ ...pod, template: 'new' }))(workloadIs(name, { template: 'new' })(seen));

export const job =
  (change: Partial<Job>): Happening =>
  (seen) => ({
    ...seen,
    jobs: seen.jobs.map((item) => ({ ...item, ...change })),
  });

export const objective =
  (name: string, change: Partial<Objective>): Happening =>
  (seen) => ({
    ...seen,
    objectives: seen.objectives.map((item) => (item.name === name ? { ...item, ...change } : item)),
  });

export const queue =
  (name: string, change: Partial<Queue>): Happening =>
  (seen) => ({
    ...seen,
    queues: seen.queues.map((item) => (item.name === name ? { ...item, ...change } : item)),
  });

export const down =
  (...dependencies: Dependency[]): Happening =>
  (seen) => ({ ...seen, dependencies });
export const nodes =
  (...troubled: NodeTrouble[]): Happening =>
  (seen) => ({ ...seen, nodes: troubled });
export const failedBefore =
  (...subjects: string[]): Happening =>
  (seen) => ({ ...seen, failedBefore: subjects });
export const elsewhere =
  (...failures: FailureElsewhere[]): Happening =>
  (seen) => ({ ...seen, elsewhere: failures });
export const trouble =
  (...troubles: Trouble[]): Happening =>
  (seen) => ({ ...seen, troubles });
