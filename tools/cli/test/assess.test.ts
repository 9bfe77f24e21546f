import { parseEnvironment } from '@almanac/gitops';
import { assess } from '../src/delivery/assess';
import type { Application, Pod } from '../src/delivery/cluster-view';
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

  test('not while containers of another image run, wait, or end, although Argo CD says all is well', () => {
    const old = pod('task-api', digest(1)) as Pod;
    const ending = { ...old, metadata: { name: 'task-api-old', deletionTimestamp: '2026-11-21T10:00:00Z' } };
    const waiting = pod('web', digest(1), {
      state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
    });
    expect(missing(healthy, [old, ending, waiting as Pod])).toEqual([
      'task-api-5d9c runs sha256:000000000000…, not the release’s image',
      'task-api-old of before is still ending',
      'web-5d9c waits: ImagePullBackOff: not found',
    ]);
  });

  test('whatever ran in jobs that are done, and in pods that aren’t of the release', () => {
    const done = { ...(pod('web', digest(9)) as Pod), status: { phase: 'Succeeded' } };
    expect(missing(healthy, [...running, done])).toEqual([]);
  });

  test('nowhere else: the Application of another cluster is not this one’s', () => {
    expect(missing(application('overlays/doks/dev', release.revision) as Application)).toEqual([
      'the Application there is of overlays/doks/dev, not of overlays/local/dev: is this the right cluster?',
    ]);
  });
});
