import { parseEnvironment } from '@almanac/gitops';
import { assess } from '../src/delivery/assess';
import type { Application, Pod } from '../src/delivery/cluster-view';
import { settled } from '../src/delivery/follow';
import { application, digest, fileOf, pod, releaseAt } from './support';

const path = 'clusters/local/environments/dev.yaml';
const overlay = 'overlays/local/dev';
const environment = parseEnvironment(fileOf(path, { overlay, namespace: 'almanac-dev' }), path);
const release = releaseAt('a'.repeat(40), 2);

const healthy = application(overlay, release.revision) as Application;
const running = [pod('task-api', digest(2)), pod('web', digest(1)), pod('postgres', digest(77))] as Pod[];
const missing = (of: Application | undefined, pods: readonly Pod[] = running) =>
  assess(environment, release, of, pods).missing;
const status = (change: object): Application => ({ ...healthy, status: { ...healthy.status, ...change } });

describe('a release runs as it should', () => {
  test('when it is Synced at its commit and Healthy, and every container of its services has its digest', () => {
    expect(assess(environment, release, healthy, running)).toEqual({
      sync: 'Synced',
      health: 'Healthy',
      missing: [],
      settling: false,
    });
  });

  test('not before Argo CD has made its Application', () => {
    expect(missing(undefined)).toEqual(['Argo CD has no Application almanac-dev yet']);
  });

  test('not when Synced is said of another commit', () => {
    const other = status({ sync: { status: 'Synced', revision: 'b'.repeat(40) } });
    expect(missing(other)).toEqual(['it is synced to bbbbbbbbbb, not to aaaaaaaaaa']);
  });

  test('not when the manifests were refused, and then it says why', () => {
    const refused = status({
      sync: { status: 'Unknown' },
      conditions: [{ type: 'ComparisonError', message: 'no such overlay' }],
      operationState: { phase: 'Failed', message: 'one or more objects failed to apply' },
    });
    expect(missing(refused)).toEqual([
      'it is Unknown',
      'ComparisonError: no such overlay',
      'the sync failed: one or more objects failed to apply',
    ]);
  });

  test('not while something is unhealthy, and then it says what', () => {
    const resources = [
      {
        kind: 'Deployment',
        name: 'web',
        health: { status: 'Progressing', message: '1 of 2 updated replicas' },
      },
      { kind: 'Service', name: 'web', health: { status: 'Healthy' } },
    ];
    expect(missing(status({ health: { status: 'Progressing' }, resources }))).toEqual([
      'Deployment web is Progressing: 1 of 2 updated replicas',
    ]);
    expect(missing(status({ health: { status: 'Missing' }, resources: [] }))).toEqual(['it is Missing']);
  });

  test('not on what was said before the sync was over', () => {
    expect(missing(status({ reconciledAt: '2026-11-21T10:00:00Z' }))).toEqual([
      'Argo CD hasn’t looked again since the sync',
    ]);
    expect(missing(status({ operationState: { phase: 'Running' } }))).toEqual(['a sync is running']);
  });

  test('not while containers of another image run or wait, although Argo CD says all is well', () => {
    const old = pod('task-api', digest(1)) as Pod;
    const waiting = pod('web', digest(1), {
      state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
    });
    expect(missing(healthy, [old, waiting as Pod])).toEqual([
      'task-api-5d9c runs sha256:000000000000…, not the release’s image',
      'web-5d9c waits: ImagePullBackOff: not found',
    ]);
  });

  test('whatever ran in jobs that are done, in pods that end, and in pods that aren’t of the release', () => {
    const other = pod('web', digest(9)) as Pod;
    const done = { ...other, status: { phase: 'Succeeded' } };
    const ending = { ...other, metadata: { name: 'web-old', deletionTimestamp: '2026-11-21T10:00:00Z' } };
    expect(missing(healthy, [...running, done, ending])).toEqual([]);
  });

  test('nowhere else: the Application of another cluster is not this one’s', () => {
    expect(missing(application('overlays/doks/dev', release.revision) as Application)).toEqual([
      'the Application there is of overlays/doks/dev, not of overlays/local/dev: is this the right cluster?',
    ]);
  });
});

describe('an environment that is at it still', () => {
  const lookAt = (...seen: readonly Application[]) => {
    const said: string[] = [];
    let look = 0;
    const view = {
      application: () => Promise.resolve(seen[Math.min(look++, seen.length - 1)]),
      pods: () => Promise.resolve(running),
    };
    const say = ([first = '']: readonly string[]) => said.push(first);
    return settled(view, environment, release, { timeout: 5_000, interval: 1, say }).then((left) => ({
      left,
      said,
      looks: look,
    }));
  };
  const progressing = status({ health: { status: 'Progressing' }, resources: [] });

  test('is looked at again until it has settled', async () => {
    expect(await lookAt(progressing, status({ operationState: { phase: 'Running' } }), healthy)).toEqual({
      left: [],
      said: ['it is Progressing', 'a sync is running'],
      looks: 3,
    });
  });

  test('and no longer, when it has failed', async () => {
    const degraded = status({ health: { status: 'Degraded' }, resources: [] });
    expect(await lookAt(progressing, degraded)).toEqual({
      left: ['it is Degraded'],
      said: ['it is Progressing'],
      looks: 2,
    });
  });
});
