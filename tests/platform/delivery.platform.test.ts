import { waitUntil } from '@almanac/testkit';
import { application, kubernetes, untilRunning, untilSynced } from './support/applications';
import {
  changeTaskApi,
  environmentFile,
  pushFileOf,
  releaseAnother,
  releaseIn,
} from './support/environments';
import { noteTimes } from './support/figures';
import { paths, type KubernetesObject } from './support/kubernetes';
import { clone, type WorkingCopy } from './support/working-copy';

const dev = 'almanac-dev';
const production = 'almanac-production';

/** Pushes of a release file that are timed. */
const pushes = 10;

let copy: WorkingCopy;
beforeAll(async () => {
  copy = await clone();
});
afterAll(() => copy[Symbol.asyncDispose]());

interface Deployment extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const taskApi = (namespace: string) =>
  kubernetes().get<Deployment>(`${paths.deployments(namespace)}/task-api`);

test('a commit that is pushed is built, released and live in dev; production stays, though its base changed', async () => {
  const before = { dev: await releaseIn(copy, 'dev'), production: await releaseIn(copy, 'production') };
  await changeTaskApi(copy);
  await copy.edit('base/task-api/deployment.yaml', (text) =>
    text.replace('metadata:\n', 'metadata:\n  annotations:\n    almanac.dev/told: by-the-base\n'),
  );
  const commit = await copy.commit('The purge is a minute later');

  const begin = performance.now();
  const said = await copy.push();
  const release = await releaseIn(copy, 'dev');
  expect(said).toContain(release.id);
  expect(release).toMatchObject({ revision: commit });
  await untilRunning(dev, release);
  noteTimes('push of a change → built, released, running in dev', [performance.now() - begin]);

  expect(
    Object.keys(release.images).filter((name) => release.images[name] !== before.dev.images[name]),
  ).toEqual(['task-api']);
  expect((await taskApi(dev))?.metadata.annotations).toMatchObject({ 'almanac.dev/told': 'by-the-base' });

  expect(await releaseIn(copy, 'production')).toEqual(before.production);
  expect(await application(production)).toMatchObject({
    spec: { source: { targetRevision: before.production.revision } },
    status: { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
  });
  expect((await taskApi(production))?.metadata.annotations).not.toHaveProperty(['almanac.dev/told']);
}, 300_000);

test('a promotion moves one path of the repository, and what was tested runs there', async () => {
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  const before = await copy.git('rev-parse', 'local/main');
  const said = await copy.almanac('promote', 'local/dev', 'local/production', '--yes');
  expect(said).toContain((await releaseIn(copy, 'dev')).id);

  await copy.git('fetch', '--quiet', 'local');
  expect(await copy.git('diff', '--name-only', before, 'local/main')).toBe(environmentFile('production'));
  // The promotion, and that it was seen to run.
  expect(await copy.git('rev-list', '--count', `${before}..local/main`)).toBe('2');
  const release = await releaseIn(copy, 'production');
  expect(release).toEqual(await releaseIn(copy, 'dev'));
  await untilRunning(production, release);
}, 300_000);

test(`a release file edited by hand is synced and running within seconds, ${pushes} times`, async () => {
  const [older, newer] = await releaseAnother(copy);
  const times: Record<'synced' | 'running', number[]> = { synced: [], running: [] };
  for (let index = 0; index < pushes; index++) {
    const release = index % 2 === 0 ? older : newer;
    const begin = await pushFileOf(copy, 'dev', release.commit);
    await untilSynced(dev, release);
    times.synced.push(performance.now() - begin);
    await untilRunning(dev, release);
    times.running.push(performance.now() - begin);
  }
  noteTimes('release file pushed → Synced', times.synced);
  noteTimes('release file pushed → its pods ready', times.running);
}, 600_000);

test('what somebody changes in the cluster by hand is put back', async () => {
  const { uid } = (await kubernetes().get(`/api/v1/namespaces/${dev}/services/task-api`))!.metadata;
  const begin = performance.now();
  await kubernetes().delete(`/api/v1/namespaces/${dev}/services/task-api`);
  await waitUntil(
    async () => {
      const service = await kubernetes().get(`/api/v1/namespaces/${dev}/services/task-api`);
      return service !== null && service.metadata.uid !== uid;
    },
    { timeout: 60_000, every: 25, until: 'the deleted Service was there again' },
  );
  noteTimes('deleted by hand → there again', [performance.now() - begin]);
});

test('what a release no longer has is taken away', async () => {
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  const there = () => kubernetes().get(`/api/v1/namespaces/${dev}/configmaps/passing-by`);
  const resource = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: passing-by\ndata:\n  a: b\n';
  const kustomization = 'overlays/local/dev/kustomization.yaml';
  const original = await copy.git('show', `HEAD:${kustomization}`);

  await copy.edit('overlays/local/dev/passing-by.yaml', () => resource);
  await copy.edit(kustomization, (text) => text.replace('resources:\n', 'resources:\n  - passing-by.yaml\n'));
  await copy.commit('dev has a ConfigMap more');
  await copy.push();
  await waitUntil(there, { timeout: 60_000, every: 25, until: 'the ConfigMap was there' });

  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await copy.git('rm', '--quiet', 'overlays/local/dev/passing-by.yaml');
  await copy.edit(kustomization, () => `${original}\n`);
  await copy.commit('dev has no ConfigMap more');
  const begin = performance.now();
  await copy.push();
  await waitUntil(async () => (await there()) === null, {
    timeout: 60_000,
    every: 25,
    until: 'the ConfigMap was pruned',
  });
  noteTimes('removed in git → pruned', [performance.now() - begin]);
}, 180_000);
