import {
  application,
  at,
  containersOf,
  job,
  objective,
  operation,
  queue,
  reconfigured,
  stable,
  workloadIs,
} from '../support/cluster';
import { api, crashing, waiting, type Fault } from './fault';

const noImage = waiting('ImagePullBackOff', 'not found');
const incomplete = { ready: 0, incompleteSince: at(2) };

/** The release’s fault: each is taken back. */
export const itsFault: readonly Fault[] = [
  {
    name: 'an image that doesn’t exist',
    seen: [workloadIs('task-api', incomplete), containersOf('task-api', noImage)],
    because: [{ kind: 'image-unavailable', subject: api, message: 'ImagePullBackOff: not found' }],
  },
  {
    name: 'an image for another architecture',
    seen: [containersOf('task-api', waiting('ErrImagePull', 'no match for platform in manifest'))],
    because: [{ kind: 'image-unavailable', message: 'ErrImagePull: no match for platform in manifest' }],
  },
  {
    name: 'a program that the node can’t execute',
    seen: [containersOf('task-api', waiting('RunContainerError', 'exec format error'))],
    because: [{ kind: 'container-not-created', message: 'RunContainerError: exec format error' }],
  },
  {
    name: 'a crash at once',
    seen: [workloadIs('task-api', incomplete), containersOf('task-api', crashing)],
    because: [{ kind: 'crash-loop', subject: api, restarts: 3, exitCode: 1 }],
  },
  {
    name: 'a crash after a minute, before the kubelet calls it a loop',
    seen: [
      containersOf('task-api', {
        restarts: 2,
        lastExit: { code: 139, reason: 'Error' },
        failingSince: at(80),
      }),
    ],
    now: at(150),
    because: [{ kind: 'crash-loop', restarts: 2, exitCode: 139 }],
  },
  {
    name: 'a crash of one replica only',
    seen: [containersOf('task-api', crashing, 'node-2')],
    because: [{ kind: 'crash-loop', subject: api }],
  },
  {
    name: 'more memory than its limit at the start',
    seen: [
      containersOf('task-api', {
        ...crashing,
        lastExit: { code: 137, reason: 'OOMKilled' },
      }),
    ],
    because: [{ kind: 'out-of-memory', subject: api, restarts: 3 }],
  },
  {
    name: 'a memory leak that shows while it bakes',
    seen: [
      containersOf(
        'task-api',
        { restarts: 1, lastExit: { code: 137, reason: 'OOMKilled' }, failingSince: at(95) },
        'node-1',
      ),
    ],
    now: at(100),
    because: [{ kind: 'out-of-memory', restarts: 1 }],
  },
  {
    name: 'a setting that it refuses to start with',
    seen: [containersOf('task-api', { ...crashing, lastExit: { code: 78, reason: 'Error' } })],
    because: [{ kind: 'crash-loop', exitCode: 78 }],
  },
  {
    name: 'a change of configuration alone, under the same images',
    seen: [reconfigured('web'), containersOf('web', crashing)],
    because: [{ kind: 'crash-loop', subject: 'Deployment/web' }],
  },
  {
    name: 'a reference to a Secret that isn’t there',
    seen: [containersOf('task-api', waiting('CreateContainerConfigError', 'secret "task-api-db" not found'))],
    because: [
      {
        kind: 'container-not-created',
        message: 'CreateContainerConfigError: secret "task-api-db" not found',
      },
    ],
  },
  {
    name: 'a readiness that never comes',
    seen: [
      workloadIs('task-api', { ...incomplete, deadline: 60 }),
      containersOf('task-api', {
        failingSince: at(5),
        probe: { kind: 'readiness', message: 'HTTP probe failed with statuscode: 503' },
      }),
    ],
    now: at(66),
    because: [
      {
        kind: 'never-ready',
        subject: api,
        ready: 0,
        desired: 2,
        deadline: 60,
        probe: 'HTTP probe failed with statuscode: 503',
      },
    ],
  },
  {
    name: 'a probe to a port where nobody listens',
    seen: [
      workloadIs('task-api', { ...incomplete, deadline: 60 }),
      containersOf('task-api', {
        failingSince: at(5),
        probe: { kind: 'readiness', message: 'dial tcp 10.1.2.3:9999: connect: connection refused' },
      }),
    ],
    now: at(66),
    because: [{ kind: 'never-ready', probe: 'dial tcp 10.1.2.3:9999: connect: connection refused' }],
  },
  {
    name: 'a liveness probe that ends it again and again',
    seen: [
      containersOf('task-api', {
        restarts: 2,
        lastExit: { code: 143, reason: 'Error' },
        probe: { kind: 'liveness', message: 'timeout' },
        failingSince: at(30),
      }),
    ],
    because: [{ kind: 'crash-loop', exitCode: 143 }],
  },
  {
    name: 'a start slower than the deadline it declares',
    seen: [workloadIs('task-api', { ready: 1, incompleteSince: at(2), deadline: 60 })],
    now: at(66),
    because: [{ kind: 'never-ready', ready: 1, deadline: 60 }],
  },
  {
    name: 'a pod that asks for more than any node has',
    seen: [
      workloadIs('task-api', {
        ready: 0,
        incompleteSince: at(2),
        deadline: 60,
        pods: [{ name: 'task-api-1', template: 'new', node: undefined, ready: false, containers: [] }],
      }),
    ],
    now: at(66),
    because: [{ kind: 'never-ready', subject: api }],
  },
  {
    name: 'manifests that don’t render',
    seen: [
      application({ renderError: { message: 'accumulating resources: no such file', since: at(3) } }),
      operation({ revision: stable.revision }),
    ],
    now: at(10),
    because: [{ kind: 'manifests-broken', message: 'accumulating resources: no such file' }],
  },
  {
    name: 'a manifest that the API server refuses',
    seen: [
      operation({
        phase: 'Failed',
        message: 'Deployment.apps "task-api" is invalid: spec.selector: immutable',
      }),
    ],
    because: [
      { kind: 'sync-refused', message: 'Deployment.apps "task-api" is invalid: spec.selector: immutable' },
    ],
  },
  {
    name: 'a manifest that a policy denies',
    seen: [
      operation({ phase: 'Failed', message: 'admission webhook "policy" denied the request: runs as root' }),
    ],
    because: [
      { kind: 'sync-refused', message: 'admission webhook "policy" denied the request: runs as root' },
    ],
  },
  {
    name: 'a migration that fails',
    seen: [
      operation({ phase: 'Running' }),
      job({ state: 'failed', message: 'column "due" contains null values', since: at(12) }),
    ],
    because: [{ kind: 'job-failed', subject: 'Job/migrate-2', message: 'column "due" contains null values' }],
  },
  {
    name: 'a migration whose image doesn’t exist',
    seen: [
      operation({ phase: 'Running' }),
      job({
        state: 'running',
        pods: [
          {
            name: 'm',
            template: '',
            node: 'node-1',
            ready: false,
            containers: [{ name: 'migrate', restarts: 0, ...noImage }],
          },
        ],
      }),
    ],
    because: [{ kind: 'image-unavailable', subject: 'Job/migrate-2' }],
  },
  {
    name: 'a hook that fails',
    seen: [job({ kind: 'hook', name: 'smoke', state: 'failed', message: 'exit code 1', since: at(12) })],
    because: [{ kind: 'job-failed', subject: 'Job/smoke' }],
  },
  {
    name: 'a StatefulSet whose first pod crashes: Argo CD never calls that Degraded',
    seen: [containersOf('postgres', crashing, 'node-1')],
    because: [{ kind: 'crash-loop', subject: 'StatefulSet/postgres' }],
  },
  {
    name: 'a StatefulSet that is never ready and declares no deadline',
    seen: [workloadIs('postgres', { ready: 1, incompleteSince: at(2) })],
    now: at(606),
    because: [{ kind: 'never-ready', subject: 'StatefulSet/postgres', deadline: 600 }],
  },
  {
    name: 'a DaemonSet that gets no image',
    seen: [containersOf('agent', noImage)],
    because: [{ kind: 'image-unavailable', subject: 'DaemonSet/agent' }],
  },
  {
    name: '5 % errors from pods that are healthy',
    seen: [objective('tasks are created', { burn: 50, burningSince: at(55) })],
    because: [{ kind: 'budget-burning', subject: 'tasks are created', burn: 50, limit: 14.4 }],
  },
  {
    name: 'answers that come too late',
    seen: [objective('tasks are created', { burn: 20, burningSince: at(40) })],
    because: [{ kind: 'budget-burning', burn: 20 }],
  },
  {
    name: 'a consumer that doesn’t keep up',
    seen: [queue('reminders', { lag: { count: 900, growingSince: at(40) } })],
    because: [{ kind: 'lag-growing', subject: 'reminders', count: 900 }],
  },
  {
    name: 'a consumer that gives up on its messages',
    seen: [queue('reminders', { deadLetters: { count: 41, growingSince: at(40) } })],
    because: [{ kind: 'dead-letters-growing', subject: 'reminders', count: 41 }],
  },
  {
    name: 'more pods than the quota allows',
    seen: [
      workloadIs('task-api', {
        ...incomplete,
        refused: { message: 'exceeded quota: pods=20', since: at(5) },
      }),
    ],
    because: [{ kind: 'pods-refused', subject: api, message: 'exceeded quota: pods=20' }],
  },
];
