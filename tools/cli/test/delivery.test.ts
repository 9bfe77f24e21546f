import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnvironment, type EnvironmentFile, type Release } from '@almanac/gitops';
import { cacheDirectory, program } from '@almanac/kubernetes';
import { startGitServer, type GitServer } from '@almanac/testkit/git';
import {
  application,
  fileOf,
  kubeconfigFor,
  pod,
  digest,
  releaseAt,
  startFakeCluster,
  type FakeCluster,
} from './support';

const dev = 'clusters/local/environments/dev.yaml';
const production = 'clusters/local/environments/production.yaml';
const targets = {
  dev: { overlay: 'overlays/local/dev', namespace: 'almanac-dev', follows: 'main' },
  production: {
    overlay: 'overlays/local/production',
    namespace: 'almanac-production',
    promotesFrom: 'local/dev',
  },
};

const configMap = (colour: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: ${colour}\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: ghcr.io/almanac/web }
        - { name: task-api, image: ghcr.io/almanac/task-api }
`;
const overlay = 'resources: [../../../base]\n';

let server: GitServer;
let cluster: FakeCluster;
let kubeconfig: string;
let one: Release;
let two: Release;

/** Built before the tests begin to count: the first time on a machine, that takes a minute. */
beforeAll(() => program('kustomize'), 600_000);

beforeEach(async () => {
  server = await startGitServer({
    'base/kustomization.yaml': 'resources: [settings.yaml, deployment.yaml]\n',
    'base/settings.yaml': configMap('red'),
    'base/deployment.yaml': deployment,
    'overlays/local/dev/kustomization.yaml': overlay,
    'overlays/local/production/kustomization.yaml': overlay,
  });
  one = releaseAt(await server.git('rev-parse', 'main'), 1);
  two = releaseAt(await server.push({ 'base/settings.yaml': configMap('blue') }, 'Blue is the colour'), 2);
  await server.push(
    {
      [dev]: fileOf(dev, targets.dev, { release: two }),
      [production]: fileOf(production, targets.production, { release: one, stable: one }),
    },
    'Two environments',
  );
  cluster = await startFakeCluster();
  kubeconfig = join(server.folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(cluster.address));
  // A cache of its own for the clones; programs are those of the machine.
  await mkdir(join(server.folder, 'almanac'));
  await symlink(join(cacheDirectory(), 'programs'), join(server.folder, 'almanac', 'programs'));
});
afterEach(async () => {
  await cluster.close();
  await server.remove();
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `almanac …` as a person in the clone does, without a terminal. */
const almanac = (...words: string[]): Promise<Result> =>
  new Promise((done) => {
    const main = resolve(__dirname, '../bin/almanac.js');
    const env = { ...process.env, XDG_CACHE_HOME: server.folder, KUBECONFIG: kubeconfig };
    execFile(process.execPath, [main, ...words], { cwd: server.clone, env }, (error, out, err) => {
      expect(err).not.toMatch(/^\s+at /m); // a stack is for bugs
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });

/** What the cluster says when this release runs in an environment as it should. */
function runs(
  { overlay: path, namespace }: { overlay: string; namespace: string },
  { revision, images }: Release,
): void {
  cluster.applications.set(namespace, application(path, revision));
  cluster.pods.set(namespace, [pod('web', images.web!), pod('task-api', images['task-api']!)]);
}

const read = async (path: string): Promise<EnvironmentFile> =>
  parseEnvironment(await server.show(path), path);
const subjects = () => server.git('log', '--format=%s', 'main');

test('a release travels: it is seen, compared, promoted, followed, found in the history, and taken back', async () => {
  runs(targets.dev, two);
  runs(targets.production, one);

  const status = await almanac('status');
  expect(status).toMatchObject({ code: 0, err: '' });
  expect(status.out).toMatch(`local/dev  ${two.id}  ✓ Synced, Healthy, the release’s images run`);
  expect(status.out).toMatch(`local/production  ${one.id}  ✓`);
  expect(status.out).toMatch(new RegExp(`release +${two.revision.slice(0, 10)} Blue is the colour`));
  expect(status.out).toMatch(`waiting    ${two.id}, 1 commit from local/dev`);
  expect(status.out).not.toContain('\u001b');

  const diff = await almanac('diff', 'local/dev', 'local/production');
  expect(diff).toMatchObject({ code: 0, err: '' });
  expect(diff.out).toMatch(
    `local/production: ${one.id} → ${two.id}\n  + ${two.revision.slice(0, 10)} Blue is the colour\n`,
  );
  expect(diff.out).toContain('-  colour: red\n+  colour: blue\n');
  expect(diff.out).toContain('ConfigMap almanac-production/settings changed');
  expect(diff.out).toContain(`+        - image: ghcr.io/almanac/task-api@${digest(2)}`);
  expect(diff.out).not.toMatch(/^[+-].*almanac\/web/m);

  const before = await server.git('rev-parse', 'main');
  const promote = almanac('promote', 'local/dev', 'local/production', '--yes', '--timeout', '60s');
  let ended: Result | undefined;
  void promote.then((result) => (ended = result));
  await until(async () => {
    if (ended) throw new Error(ended.err);
    return (await read(production)).release?.id === two.id;
  });
  runs(targets.production, two);
  expect(await promote).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      new RegExp(`✓ [0-9a-f]{10} local/production runs ${two.id}, as local/dev does`),
    ) as string,
    err: expect.stringMatching(`✓ local/production runs ${two.id} as it should`) as string,
  });
  expect(await server.git('diff', '--name-only', before, 'main')).toBe(production);
  expect(await read(production)).toMatchObject({ release: two, stable: two, target: targets.production });

  const because = 'blue hurts the eyes';
  runs(targets.production, one);
  const rollback = await almanac('rollback', 'local/production', '--because', because, '--yes');
  expect(rollback).toMatchObject({ code: 0 });
  expect(await read(production)).toMatchObject({
    release: one,
    stable: one,
    quarantined: [{ id: two.id, because }],
  });

  const again = await almanac('promote', 'local/dev', 'local/production', '--yes');
  expect(again).toMatchObject({
    code: 2,
    err: expect.stringContaining(`${two.id} is quarantined in local/production`) as string,
  });
  expect(again.err).toContain(`almanac resume local/production ${two.id}`);
  expect(await almanac('resume', 'local/production', two.id, '--yes')).toMatchObject({ code: 0 });

  const history = JSON.parse((await almanac('history', 'local/production', '--json')).out) as object[];
  expect(history).toMatchObject([
    { by: 'Ada', trailers: { Resumed: two.id, Because: because } },
    { release: one.id, trailers: { 'Rollback-Of': two.id, 'Rollback-To': one.id, Because: because } },
    { release: two.id, stable: two.id, trailers: { Verified: two.id } },
    { release: two.id, stable: one.id, trailers: { 'Promoted-From': 'local/dev', 'Requested-By': 'Ada' } },
    { release: one.id, subject: 'Two environments' },
  ]);
  expect((await almanac('history', 'local/production')).out.split('\n')[1]).toMatch(
    new RegExp(`just now  ${one.id}  Ada  local/production is back on ${one.id}: ${because}`),
  );
}, 120_000);

test('what doesn’t come in time is said, with what hangs, and the exit code is 3', async () => {
  runs(targets.dev, two);
  runs(targets.production, one);
  const waiting = { state: { waiting: { reason: 'ImagePullBackOff' } } };
  cluster.applications.set(
    'almanac-production',
    application(targets.production.overlay, two.revision, 'Degraded'),
  );
  cluster.pods.set('almanac-production', [pod('web', digest(1)), pod('task-api', digest(2), waiting)]);
  const { code, err } = await almanac('promote', 'local/dev', 'local/production', '--yes', '--timeout', '1s');
  expect(code).toBe(3);
  expect(err).toContain('local/production doesn’t run');
  expect(err).toContain('Deployment web is Degraded\n  task-api-5d9c waits: ImagePullBackOff');
  expect(err).toContain('almanac rollback local/production');
  expect((await read(production)).stable?.id).toBe(one.id);
}, 60_000);

test('what nobody has seen running is not promoted, and what it lacks is said', async () => {
  runs(targets.dev, one);
  const refused = await almanac('promote', 'local/dev', 'local/production', '--yes');
  expect(refused.code).toBe(2);
  expect(refused.err).toContain(`nobody has seen ${two.id} run in local/dev as it should`);
  expect(refused.err).toContain(
    `it is synced to ${one.revision.slice(0, 10)}, not to ${two.revision.slice(0, 10)}`,
  );
  expect(await subjects()).not.toContain('local/production runs');

  const words = ['promote', 'local/dev', 'local/production', '--unverified', '--no-wait'];
  expect(await almanac(...words)).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no terminal to ask on: add --yes') as string,
  });
  const pushed = await almanac(...words, '--yes', '--json');
  expect(JSON.parse(pushed.out)).toMatchObject({
    commit: await server.git('rev-parse', 'main'),
    environment: 'local/production',
    from: one.id,
    to: two.id,
    trailers: { 'Promoted-From': 'local/dev' },
  });
}, 60_000);

test('without a cluster, status tells what git says, and that nobody can be asked', async () => {
  const { address } = cluster;
  await cluster.close();
  const unreached = await almanac('status');
  expect(unreached).toMatchObject({ code: 0, err: '' });
  expect(unreached.out).toContain(`local/dev  ${two.id}  its cluster can’t be asked`);
  expect(unreached.out).toMatch(new RegExp(`! +${address} can’t be reached: .*ECONNREFUSED`));

  const nobody = await almanac('status', 'local/dev', '--json', '--kubeconfig', join(server.folder, 'none'));
  expect(JSON.parse(nobody.out)).toMatchObject({
    remote: server.remote,
    branch: 'main',
    environments: [
      {
        environment: 'local/dev',
        release: { id: two.id, revision: two.revision, subject: 'Blue is the colour' },
        cluster: { reached: false, because: expect.stringContaining('npm run cluster') as string },
      },
    ],
    invalid: [],
  });
}, 60_000);

test('a cluster that doesn’t let one look is not one that runs nothing', async () => {
  await writeFile(kubeconfig, kubeconfigFor(cluster.address, 'wrong'));
  expect((await almanac('status', 'local/dev')).out).toMatch(/doesn’t let us look \(401\)/);
}, 60_000);

test('a file that can’t be read is shown with its mistakes, and rolled back to what it said before', async () => {
  const broken = (await server.show(dev)).replace('follows:', 'folows:');
  await server.push({ [dev]: broken }, 'A slip');
  const status = await almanac('status');
  expect(status.code).toBe(2);
  expect(status.out).toContain('local/dev  its file can’t be read');
  expect(status.out).toMatch(/environments\/dev\.yaml:\d+:3: target\.folows is no key here/);
  expect(status.out).toContain(`local/production  ${one.id}`);
  expect(await almanac('promote', 'local/dev', 'local/production', '--yes')).toMatchObject({ code: 2 });

  expect(await almanac('rollback', 'local/dev', '--yes', '--no-wait')).toMatchObject({ code: 0 });
  expect(await read(dev)).toMatchObject({ release: two, quarantined: [] });
}, 60_000);

test('a release by hand needs the images that CI pushed, and goes to what follows main', async () => {
  const images = join(server.folder, 'images.json');
  await writeFile(images, JSON.stringify({ web: digest(8), 'task-api': digest(9) }));
  await server.push({ 'base/settings.yaml': configMap('green') }, 'Green is the colour');
  expect(await almanac('release')).toMatchObject({
    code: 1,
    err: expect.stringContaining('local/dev needs --images <file>') as string,
  });
  const released = await almanac('release', '--images', images, '--json');
  expect(released).toMatchObject({ code: 0, err: '' });
  const { release } = await read(dev);
  expect(JSON.parse(released.out)).toMatchObject([{ environment: 'local/dev', do: 'written', release }]);
  expect(release).toMatchObject({
    images: { web: digest(8) },
    revision: await server.git('rev-parse', 'main~1'),
  });
  expect(release!.schema).toHaveProperty('task-api.max');
  expect((await almanac('release', '--images', images)).out).toMatch(/nothing of local\/dev changed since/);
}, 60_000);

test('mistakes of whoever types are answered with what to do', async () => {
  const wrong = await almanac('promote', 'local/dev', 'local/prod');
  expect(wrong).toMatchObject({
    code: 1,
    err: 'almanac: there is no environment local/prod; there are local/dev, local/production\n',
  });
  expect((await almanac('promote', 'local/dev')).err).toMatch(/missing required argument 'to'/);
  expect((await almanac('rollback', 'local/production', 'r-000000000000')).err).toMatch(
    /never ran in local\/production/,
  );
  expect((await almanac('status', '--remote', join(server.folder, 'gone'))).err).toMatch(
    /almanac: `git fetch.*` failed/,
  );
}, 60_000);

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((next) => setTimeout(next, 50));
};
