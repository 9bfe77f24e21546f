import type { Container, History, Observation, Trouble, Workload } from '../../../src/verdict';
import { at, flawSince, ours, toStart, type World } from './world';
import type { Outage } from './events';

/** What git tells about our environment. */
export const pastOf = ({ files, steps, verifyingSince }: World): History => ({
  environment: ours,
  steps,
  stable: files[ours]!.stable,
  quarantined: Object.entries(files).flatMap(([environment, { quarantined }]) =>
    quarantined.map((entry) => ({ ...entry, environment })),
  ),
  verifyingSince,
});

/** What shows of the truth. */
export function observe(world: World): Observation {
  const { synced, now, outages, handsOn } = world;
  const shown = flawSince(world);
  const flaw = shown === undefined ? 'none' : world.truth.get(synced.release.id)!.flaw;
  const burningSince = flaw === 'errors' ? shown : outages.get('database');
  return {
    application: {
      release: synced.release.id,
      autoSync: !handsOn,
      reconciledAt: at(now),
      operation: {
        phase: outages.has('argocd') ? 'Error' : flaw === 'refused' ? 'Failed' : 'Succeeded',
        revision: synced.release.revision,
        startedAt: at(outages.get('argocd') ?? synced.since),
        finishedAt: at(outages.get('argocd') ?? synced.since),
        message: outages.has('argocd') ? 'the repo server is gone' : 'field is immutable',
      },
      degraded: [],
    },
    workloads: [api(world), web(world)],
    jobs: [],
    objectives: [
      {
        name: 'tasks are created',
        measures: ['task-api', 'web'],
        burn: outages.has('prometheus') ? 'no data' : burningSince === undefined ? 0 : 50,
        limit: 14.4,
        ...(burningSince !== undefined && { burningSince: at(burningSince) }),
      },
    ],
    queues: [],
    dependencies: [
      ...(outages.has('database') ? [{ name: 'postgres', kind: 'service', message: 'down' } as const] : []),
      ...(outages.has('registry') ? [{ name: 'ghcr.io', kind: 'registry', message: 'down' } as const] : []),
    ],
    nodes: outages.has('node') ? [{ name: 'node-2', condition: 'NotReady' }] : [],
    failedBefore: [],
    elsewhere: [],
    troubles: [...trouble(world, 'git'), ...trouble(world, 'kubernetes'), ...trouble(world, 'prometheus')],
  };
}

const trouble = ({ outages }: World, source: Trouble['source'] & Outage): Trouble[] => {
  const since = outages.get(source);
  return since === undefined ? [] : [{ source, message: 'unreachable', since: at(since) }];
};

const crash = { restarts: 3, waiting: { reason: 'CrashLoopBackOff', message: '' } };
const noImage = { restarts: 0, waiting: { reason: 'ImagePullBackOff', message: '' } };

type Failing = { readonly since: number } & Partial<Container>;

/** What keeps the pods of task-api from running, if anything: the first of these. */
function failing(world: World): Failing | undefined {
  const { outages, synced, blip, now } = world;
  const since = flawSince(world);
  const flaw = world.truth.get(synced.release.id)!.flaw;
  const database = outages.get('database');
  const registry = outages.get('registry');
  if (since !== undefined && flaw === 'crashes') return { since, ...crash };
  if (since !== undefined && flaw === 'no image') return { since, ...noImage };
  if (since !== undefined && flaw === 'never ready') return { since };
  if (database !== undefined) return { since: Math.max(database, synced.since), ...crash };
  if (registry !== undefined && registry <= synced.since) return { since: synced.since, ...noImage };
  return blip ? { since: now, ...noImage } : undefined;
}

function api(world: World): Workload {
  const { synced, now, files, running, outages } = world;
  const refused = world.truth.get(synced.release.id)!.flaw === 'refused';
  const template = refused ? running.id : synced.release.id;
  const fails = failing(world);
  const { since, ...signs } = fails ?? {};
  const starting = now < synced.since + toStart;
  const nodeGone = outages.get('node');
  const pods = ['node-1', 'node-2'].map((node) => ({
    name: `task-api-${node}`,
    template,
    node,
    ready: !starting && !fails && !(nodeGone !== undefined && node === 'node-2'),
    containers: [
      {
        name: 'task-api',
        service: 'task-api',
        digest: running.images['task-api']!,
        restarts: 0,
        ...signs,
        ...(since !== undefined && { failingSince: at(since) }),
      },
    ],
  }));
  const ready = pods.filter((pod) => pod.ready).length;
  const incomplete = starting ? synced.since : (since ?? Math.max(nodeGone ?? 0, synced.since));
  return {
    kind: 'Deployment',
    name: 'task-api',
    template,
    templateBefore: files[ours]!.stable?.id,
    generation: 1,
    observedGeneration: 1,
    desired: 2,
    updated: 2,
    ready,
    deadline: 60,
    ...(ready < 2 && { incompleteSince: at(incomplete) }),
    pods,
  };
}

/** No release ever changes it. */
function web({ outages }: World): Workload {
  const since = outages.get('neighbour') ?? outages.get('database');
  const signs = since === undefined ? { restarts: 0 } : { ...crash, failingSince: at(since) };
  return {
    kind: 'Deployment',
    name: 'web',
    template: 'same',
    templateBefore: 'same',
    generation: 1,
    observedGeneration: 1,
    desired: 1,
    updated: 1,
    ready: since === undefined ? 1 : 0,
    ...(since !== undefined && { incompleteSince: at(since) }),
    pods: [
      {
        name: 'web-1',
        template: 'same',
        node: 'node-1',
        ready: since === undefined,
        containers: [{ name: 'web', ...signs }],
      },
    ],
  };
}
