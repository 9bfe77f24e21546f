import type { Instant } from '../../../src/verdict';
import { release } from '../../support/files';
import {
  application,
  at,
  containersOf,
  down,
  elsewhere,
  failedBefore,
  job,
  nodes,
  objective,
  operation,
  past,
  podsOf,
  promoted,
  queue,
  stable,
  trouble,
  workloadIs,
} from '../support/cluster';
import { api, crashing, waiting, type Fault } from './fault';

interface Innocent extends Fault {
  readonly do: 'hold' | 'wait' | 'verify';
  readonly until: Instant | 'resumed' | 'the next release';
}

const held = { do: 'hold', until: 'resumed' } as const;
const crashes = containersOf('task-api', crashing);
const burns = objective('tasks are created', { burn: 50, burningSince: at(40) });
const databaseDown = down({ name: 'postgres', kind: 'service', message: 'connection refused' });
const registryTimeout = waiting('ErrImagePull', 'dial tcp: i/o timeout');
/** Migration 5 took away what the stable release needs. */
const contracted = release(2, { min: 5, max: 6 });

/** Not the release’s fault, or not to be taken back: nothing is rolled back, and the answer says why. */
export const notItsFault: readonly Innocent[] = [
  {
    name: 'the database stopped, and the new pods crash',
    seen: [crashes, databaseDown],
    ...held,
    because: [
      { kind: 'crash-loop' },
      { kind: 'dependency-down', name: 'postgres', message: 'connection refused' },
    ],
  },
  {
    name: 'the database stopped while the migration ran',
    seen: [
      operation({ phase: 'Running' }),
      job({ state: 'failed', message: 'terminating connection', since: at(12) }),
      databaseDown,
    ],
    ...held,
    because: [{ kind: 'job-failed' }, { kind: 'dependency-down', name: 'postgres' }],
  },
  {
    name: 'the broker stopped, and lag and dead letters grow',
    seen: [
      queue('reminders', {
        lag: { count: 900, growingSince: at(40) },
        deadLetters: { count: 4, growingSince: at(40) },
      }),
      down({ name: 'kafka', kind: 'service', message: 'no leader' }),
    ],
    ...held,
    because: [
      { kind: 'lag-growing' },
      { kind: 'dependency-down', name: 'kafka' },
      { kind: 'dead-letters-growing' },
      { kind: 'dependency-down', name: 'kafka' },
    ],
  },
  {
    name: 'a certificate ran out, and requests fail',
    seen: [burns, down({ name: 'gateway certificate', kind: 'service', message: 'expired' })],
    ...held,
    because: [{ kind: 'budget-burning' }, { kind: 'dependency-down', name: 'gateway certificate' }],
  },
  {
    name: 'the registry is down, as its probe says',
    seen: [
      containersOf('task-api', registryTimeout),
      down({ name: 'ghcr.io', kind: 'registry', message: 'timeout' }),
    ],
    ...held,
    because: [{ kind: 'image-unavailable' }, { kind: 'dependency-down', name: 'ghcr.io' }],
  },
  {
    name: 'the registry is down for pods too that the release didn’t change',
    seen: [containersOf('task-api', registryTimeout), containersOf('web', registryTimeout)],
    ...held,
    because: [
      { kind: 'image-unavailable', subject: api },
      { kind: 'common-cause', others: ['Deployment/web'] },
      { kind: 'image-unavailable', subject: 'Deployment/web' },
      { kind: 'unchanged', subject: 'Deployment/web' },
    ],
  },
  {
    name: 'pods of the stable release crash beside the new ones',
    seen: [crashes, podsOf('task-api', (pod) => ({ ...pod, template: 'same' }), 'node-2')],
    ...held,
    because: [
      { kind: 'crash-loop' },
      { kind: 'common-cause', others: ['the older pods of Deployment/task-api'] },
    ],
  },
  {
    name: 'another environment without a change shows the same',
    seen: [crashes, elsewhere({ name: 'local/dev', symptom: 'crash-loop', since: at(15), changed: false })],
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'common-cause', others: ['local/dev'] }],
  },
  {
    name: 'two applications without a change fail, each in its way',
    seen: [
      burns,
      elsewhere(
        { name: 'monitoring', symptom: 'never-ready', since: at(15), changed: false },
        { name: 'logging', symptom: 'crash-loop', since: at(30), changed: false },
      ),
    ],
    ...held,
    because: [{ kind: 'budget-burning' }, { kind: 'common-cause', others: ['monitoring', 'logging'] }],
  },
  {
    name: 'a node is drained, and its pods wait for room',
    seen: [
      workloadIs('task-api', { ready: 1, incompleteSince: at(2), deadline: 60 }),
      podsOf('task-api', (pod) => ({ ...pod, node: undefined, ready: false }), 'node-2'),
      nodes({ name: 'node-2', condition: 'Drained' }),
    ],
    now: at(66),
    ...held,
    because: [{ kind: 'never-ready' }, { kind: 'node-in-trouble', name: 'node-2', condition: 'Drained' }],
  },
  {
    name: 'a node is under disk pressure, and only its pods fail',
    seen: [
      containersOf('task-api', crashing, 'node-1'),
      nodes({ name: 'node-1', condition: 'DiskPressure' }),
    ],
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'node-in-trouble', name: 'node-1', condition: 'DiskPressure' }],
  },
  {
    name: 'a workload fails that the release didn’t change',
    seen: [containersOf('web', crashing)],
    ...held,
    because: [
      { kind: 'crash-loop', subject: 'Deployment/web' },
      { kind: 'unchanged', subject: 'Deployment/web' },
    ],
  },
  {
    name: 'an objective burns that nothing changed serves',
    seen: [objective('the page opens', { burn: 50, burningSince: at(40) })],
    ...held,
    because: [{ kind: 'budget-burning', subject: 'the page opens' }, { kind: 'unchanged' }],
  },
  {
    name: 'a Job failed that was there before',
    seen: [job({ new: false, state: 'failed', message: 'exit code 1', since: at(-900) })],
    ...held,
    because: [{ kind: 'job-failed' }, { kind: 'unchanged' }],
  },
  {
    name: 'the quota is used up for pods that the release didn’t change',
    seen: [workloadIs('web', { ready: 1, refused: { message: 'exceeded quota', since: at(20) } })],
    ...held,
    because: [{ kind: 'pods-refused', subject: 'Deployment/web' }, { kind: 'unchanged' }],
  },
  {
    name: 'it failed before this release, perhaps in another way',
    seen: [crashes, failedBefore(api)],
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'failed-before', subject: api }],
  },
  {
    name: 'the error budget burned before this release',
    seen: [burns, failedBefore('tasks are created')],
    ...held,
    because: [{ kind: 'budget-burning' }, { kind: 'failed-before', subject: 'tasks are created' }],
  },
  {
    name: 'an admission webhook can’t be reached',
    seen: [
      operation({ phase: 'Failed', message: 'failed calling webhook "policy": no endpoints available' }),
    ],
    ...held,
    because: [{ kind: 'sync-refused' }, { kind: 'not-reached' }],
  },
  {
    name: 'Argo CD has an error of its own: Error isn’t Failed',
    seen: [operation({ phase: 'Error', message: 'rpc error: repo server unavailable' })],
    do: 'hold',
    until: at(615),
    because: [{ kind: 'trouble', source: 'argocd', message: 'rpc error: repo server unavailable' }],
  },
  {
    name: 'git is unreachable while pods crash: nothing could be written',
    seen: [crashes, trouble({ source: 'git', message: 'could not resolve host', since: at(30) })],
    do: 'hold',
    until: at(630),
    because: [{ kind: 'trouble', source: 'git', message: 'could not resolve host' }, { kind: 'crash-loop' }],
  },
  {
    name: 'the git server refuses the push, for longer than anyone waits',
    seen: [
      crashes,
      trouble({ source: 'git', message: 'it refused the push: protected branch', since: at(30) }),
    ],
    now: at(720),
    ...held,
    because: [{ kind: 'trouble', message: 'it refused the push: protected branch' }, { kind: 'crash-loop' }],
  },
  {
    name: 'the Kubernetes API is unreachable',
    seen: [trouble({ source: 'kubernetes', message: 'connection refused', since: at(50) })],
    do: 'hold',
    until: at(650),
    because: [{ kind: 'trouble', source: 'kubernetes' }],
  },
  {
    name: 'Prometheus is gone',
    seen: [
      objective('tasks are created', { burn: 'no data' }),
      trouble({ source: 'prometheus', message: 'connection refused', since: at(50) }),
    ],
    do: 'hold',
    until: at(600),
    because: [
      { kind: 'trouble', source: 'prometheus' },
      { kind: 'no-data', subject: 'tasks are created' },
    ],
  },
  {
    name: 'a queue isn’t measured, and the release’s time is up',
    seen: [queue('reminders', { lag: 'no data' })],
    now: at(600),
    ...held,
    because: [
      { kind: 'deadline-passed', deadline: at(600) },
      { kind: 'no-data', subject: 'reminders' },
    ],
  },
  {
    name: 'an autoscaler and a CronJob are Degraded',
    seen: [
      application({
        degraded: [
          { resource: 'HorizontalPodAutoscaler/web', message: 'FailedGetResourceMetric' },
          { resource: 'CronJob/tidy', message: 'its last run failed' },
        ],
      }),
    ],
    do: 'verify',
    until: at(180),
    because: [
      { kind: 'runs-as-released', pods: 10 },
      { kind: 'within-objectives' },
      { kind: 'not-judged', resource: 'HorizontalPodAutoscaler/web' },
      { kind: 'not-judged', resource: 'CronJob/tidy' },
    ],
  },
  {
    name: 'a slow but healthy start, within its deadline',
    seen: [
      workloadIs('task-api', { ready: 1, incompleteSince: at(2), deadline: 90 }),
      containersOf('task-api', { failingSince: at(4), probe: { kind: 'startup', message: '503' } }, 'node-2'),
    ],
    do: 'wait',
    until: at(92),
    because: [{ kind: 'rolling-out', subject: api, updated: 2, ready: 1, desired: 2 }],
  },
  {
    name: 'a container that crashed once and came up',
    seen: [
      containersOf('task-api', {
        restarts: 1,
        lastExit: { code: 1, reason: 'Error' },
        failingSince: at(10),
      }),
    ],
    do: 'verify',
    until: at(180),
    because: [{ kind: 'runs-as-released' }, { kind: 'within-objectives' }],
  },
  {
    name: 'a symptom that is a second old',
    seen: [containersOf('task-api', { ...waiting('ErrImagePull', 'not found'), failingSince: at(59) })],
    do: 'wait',
    until: at(62),
    because: [{ kind: 'image-unavailable' }],
  },
  {
    name: 'Synced and ready, but another image runs',
    seen: [containersOf('task-api', { digest: stable.images['task-api']! }, 'node-1')],
    do: 'wait',
    until: at(600),
    because: [{ kind: 'other-image', subject: api, runs: stable.images['task-api']! }],
  },
  {
    name: 'a status from before the change looks complete',
    seen: [workloadIs('task-api', { generation: 3 })],
    do: 'wait',
    until: at(600),
    because: [{ kind: 'not-observed', subject: api }],
  },
  {
    name: 'a failure older than its window, when nobody was there to see it',
    seen: [crashes],
    now: at(1_221),
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'too-old', since: at(20), window: 1_200 }],
  },
  {
    name: 'a newer promotion that Argo CD doesn’t know yet, while the release before fails',
    seen: [crashes, application({ release: release(3).id })],
    do: 'wait',
    until: at(600),
    because: [{ kind: 'not-taken', release: promoted.id, instead: release(3).id }],
  },
  {
    name: 'a promotion that Argo CD never takes',
    seen: [application({ release: stable.id })],
    now: at(601),
    ...held,
    because: [{ kind: 'deadline-passed' }, { kind: 'not-taken', instead: stable.id }],
  },
  {
    name: 'a failure with nothing stable yet',
    seen: [crashes],
    past: { stable: undefined },
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'nothing-stable' }],
  },
  {
    name: 'the stable release itself fails after a year',
    seen: [operation({ phase: 'Failed', message: 'field is immutable' })],
    past: { stable: promoted },
    ...held,
    because: [{ kind: 'sync-refused' }, { kind: 'is-the-stable-release', release: promoted.id }],
  },
  {
    name: 'a quarantined release that somebody pushed by hand',
    seen: [crashes],
    past: {
      quarantined: [
        { id: promoted.id, environment: 'local/dev', at: '2026-11-20T10:00:00Z', because: 'it crashed' },
      ],
    },
    ...held,
    because: [
      { kind: 'quarantined', release: promoted.id, environment: 'local/dev', because: 'it crashed' },
      { kind: 'crash-loop' },
    ],
  },
  {
    name: 'a stable release that is quarantined elsewhere by now',
    seen: [crashes],
    past: {
      quarantined: [
        { id: stable.id, environment: 'local/dev', at: '2026-11-20T10:00:00Z', because: 'a leak' },
      ],
    },
    ...held,
    because: [
      { kind: 'crash-loop' },
      { kind: 'stable-is-quarantined', release: stable.id, because: 'a leak' },
    ],
  },
  {
    name: 'a rollback that fails',
    seen: [crashes],
    past: {
      steps: [
        { kind: 'rollback', of: release(3).id, release: promoted, at: at(0), by: 'Grace' },
        ...past.steps.slice(1),
      ],
    },
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'is-a-rollback', of: release(3).id, by: 'Grace', at: at(0) }],
  },
  {
    name: 'a release that was taken back, resumed, and fails again',
    seen: [crashes],
    past: {
      steps: [
        past.steps[0]!,
        { kind: 'rollback', of: promoted.id, release: stable, at: at(-600), by: 'rollback-controller' },
        ...past.steps,
      ],
    },
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'taken-back-before', release: promoted.id, at: at(-600) }],
  },
  {
    name: 'a release with a contract migration',
    seen: [application({ release: contracted.id }), crashes],
    past: { steps: [{ ...past.steps[0]!, release: contracted }, past.steps[1]!] },
    ...held,
    because: [
      { kind: 'crash-loop' },
      { kind: 'contract-step', to: stable.id, service: 'task-api', contract: 5, knows: 3 },
    ],
  },
  {
    name: 'an environment that asks first',
    seen: [crashes],
    policy: { rollback: 'ask-first' },
    ...held,
    because: [{ kind: 'crash-loop' }, { kind: 'ask-first', environment: 'local/production', to: stable.id }],
  },
  {
    name: 'a person’s hands on Argo CD',
    seen: [crashes, application({ autoSync: false })],
    ...held,
    because: [{ kind: 'hands-on' }, { kind: 'crash-loop' }],
  },
];
