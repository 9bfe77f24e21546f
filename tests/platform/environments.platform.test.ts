import { stringify } from 'yaml';
import { waitUntil } from '@almanac/testkit';
import { application, kubernetes, untilRunning, untilSynced } from './support/applications';
import { environmentFile, releaseAnother, releaseIn } from './support/environments';
import { noteTimes } from './support/figures';
import { kubectl } from './support/kubectl';
import { paths, type Application, type KubernetesObject, type Pod } from './support/kubernetes';
import { clone, type WorkingCopy } from './support/working-copy';

const namespace = 'almanac-sandbox';
const production = 'almanac-production';

interface ApplicationSet extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}

let copy: WorkingCopy;
beforeAll(async () => {
  copy = await clone();
});

afterAll(async () => {
  // As a person takes an environment away for good: the file, then what it leaves on purpose.
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await copy.git('rm', '--quiet', '--ignore-unmatch', environmentFile('sandbox'));
  if ((await copy.git('status', '--porcelain')) !== '') {
    await copy.commit('The sandbox is gone');
    await copy.push();
  }
  for (const path of [
    `${paths.applicationSets}/environment-sandbox`,
    `${paths.applications}/environment-sandbox`,
    `${paths.applications}/${namespace}`,
    `/api/v1/namespaces/${namespace}`,
  ])
    await kubernetes().delete(path);
  await copy[Symbol.asyncDispose]();
});

/** Writes the sandbox's file and pushes it, whatever is in it. */
async function push(text: string, subject: string): Promise<void> {
  await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
  await copy.edit(environmentFile('sandbox'), () => text);
  await copy.commit(subject);
  await copy.push();
}

const file = (release: object, target: object = {}): string =>
  stringify({
    target: { overlay: 'overlays/local/dev', namespace, promotesFrom: 'local/dev', ...target },
    release,
  });

const applicationSet = (name: string) =>
  kubernetes().get<ApplicationSet>(`${paths.applicationSets}/environment-${name}`);

/** What an ApplicationSet says of itself when it can't do its work. */
const complaintOf = async (name: string): Promise<string | undefined> =>
  (await applicationSet(name))?.status?.conditions?.find(
    ({ type, status }) => type === 'ErrorOccurred' && status === 'True',
  )?.message;

/** What an Application says when its manifests can't be had. */
const comparisonError = async (): Promise<string | undefined> =>
  (await application(namespace))?.status?.conditions?.find(({ type }) => type === 'ComparisonError')?.message;

/** Shows that the others go on: production is promoted to and fro while the sandbox is broken. */
async function othersGoOn(): Promise<void> {
  const { revision } = await releaseIn(copy, 'production');
  expect(await application(production)).toMatchObject({
    spec: { source: { targetRevision: revision } },
    status: { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
  });
  expect(await complaintOf('production')).toBeUndefined();
  expect(await complaintOf('dev')).toBeUndefined();
}

const patience = { timeout: 90_000, every: 50 };

test('a file more is an environment more', async () => {
  const release = await releaseIn(copy, 'dev');
  const begin = performance.now();
  await push(file(release), 'There is a sandbox');
  await untilRunning(namespace, release);
  noteTimes('environment file added → its pods ready', [performance.now() - begin]);
  expect(await application(namespace)).toMatchObject({
    spec: { source: { targetRevision: release.revision } },
  });
  await othersGoOn();
}, 240_000);

/**
 * Has the ApplicationSets that read the sandbox's file look again at once, as docs/delivery.md says. One that
 * failed looks again every three minutes only: its mark that a push came in is still there, so the next push is
 * no change.
 */
const lookAgain = () =>
  kubectl(
    ...['annotate', 'applicationset', 'environment-sandbox', 'environments'],
    ...[`looked-at=${Date.now()}`, '--overwrite'],
  );

describe('what is wrong with an environment is said, and the others go on', () => {
  test.each([
    ['an empty file', '', /target|empty|map/i],
    ['a file that isn’t YAML', 'target: [\n', /yaml/i],
    [
      'a file that says half of it',
      `target:\n  overlay: overlays/local/dev\nrelease: { id: r-000000000000 }\n`,
      /namespace|revision/,
    ],
  ])(
    '%s',
    async (_what, text, complaint) => {
      const before = await application(namespace);
      const good = await releaseIn(copy, 'sandbox');
      await push(text, 'Break the sandbox');
      await lookAgain();
      await waitUntil(async () => complaint.test((await complaintOf('sandbox')) ?? ''), {
        ...patience,
        until: 'the ApplicationSet complained',
      });
      expect((await application(namespace))?.spec).toEqual(before?.spec); // it runs what it ran
      await othersGoOn();

      await push(file(good), 'Mend the sandbox');
      await lookAgain();
      await waitUntil(async () => (await complaintOf('sandbox')) === undefined, {
        ...patience,
        until: 'the ApplicationSet was content again',
      });
      await untilSynced(namespace, good);
    },
    240_000,
  );

  test('an overlay that isn’t there', async () => {
    const release = await releaseIn(copy, 'dev');
    await push(file(release, { overlay: 'overlays/local/nowhere' }), 'Point the sandbox nowhere');
    const message = await waitUntil(comparisonError, { ...patience, until: 'Argo CD could not compare' });
    expect(message).toContain('overlays/local/nowhere');
    await othersGoOn();
    await untilRunning(namespace, release); // still
    await push(file(release), 'Mend the sandbox');
    await untilSynced(namespace, release);
  }, 240_000);

  test('manifests that can’t be rendered', async () => {
    const good = await releaseIn(copy, 'dev');
    // On a branch of its own: only the sandbox is to run it.
    await copy.git('fetch', '--quiet', 'local');
    await copy.git('checkout', '--quiet', '-B', 'broken', 'local/main');
    await copy.edit('overlays/local/dev/kustomization.yaml', (text) => `${text}nonsense: true\n`);
    await copy.git('commit', '--quiet', '--all', '--message', 'Break the overlay');
    const revision = await copy.git('rev-parse', 'HEAD');
    await copy.git('push', '--quiet', 'local', 'broken');
    await copy.git('checkout', '--quiet', '-B', 'main', 'local/main');

    await push(file({ ...good, revision }), 'The sandbox runs what can’t be rendered');
    const message = await waitUntil(comparisonError, { ...patience, until: 'Argo CD could not render' });
    expect(message).toContain('nonsense');
    await othersGoOn();
    await untilRunning(namespace, good);
    await push(file(good), 'Mend the sandbox');
    await untilSynced(namespace, good);
  }, 240_000);

  test('an image that nobody has', async () => {
    const good = await releaseIn(copy, 'dev');
    const images = { ...good.images, audit: `sha256:${'0'.repeat(64)}` };
    await push(file({ ...good, images }), 'The sandbox runs an image that nobody has');
    const reason = await waitUntil(
      async () => {
        const pods = await kubernetes().list<Pod>(paths.pods(namespace));
        return pods
          .flatMap(({ status }) => status.containerStatuses ?? [])
          .map(({ state }) => state.waiting?.reason)
          .find((one) => one === 'ErrImagePull' || one === 'ImagePullBackOff');
      },
      { ...patience, until: 'a pod said that its image can’t be pulled' },
    );
    expect(reason).toMatch(/Image/);
    await othersGoOn();
    await push(file(good), 'Mend the sandbox');
    await untilRunning(namespace, good);
  }, 240_000);
});

test('two promotions pushed at once both land', async () => {
  await using other = await clone();
  const [, release] = await releaseAnother(copy);
  const head = await copy.git('rev-parse', 'local/main');
  await other.git('pull', '--quiet', '--rebase', 'local', 'main');

  await Promise.all([
    copy.almanac('promote', 'local/dev', 'local/production', '--yes', '--no-wait'),
    other.almanac('promote', 'local/dev', 'local/sandbox', '--yes', '--no-wait'),
  ]);
  const { id } = release;
  expect(await releaseIn(copy, 'production')).toMatchObject({ id });
  expect(await releaseIn(copy, 'sandbox')).toMatchObject({ id });
  const changed = await copy.git('diff', '--name-only', head, 'local/main');
  expect(changed.split('\n').sort()).toEqual(['production', 'sandbox'].map(environmentFile));
  await untilRunning(production, release);
}, 240_000);

describe('production outlives its file', () => {
  const name = environmentFile('production');

  const change = async (subject: string, act: () => Promise<unknown>) => {
    await copy.git('pull', '--quiet', '--rebase', 'local', 'main');
    await act();
    await copy.commit(subject);
    await copy.push();
  };

  /** Milliseconds in which a controller that was about to delete something would have done it. */
  const untilReconciled = async () => {
    const { resourceVersion } = (await applicationSet('dev'))!.metadata as unknown as {
      resourceVersion: string;
    };
    const release = await releaseIn(copy, 'dev');
    await change('Something else is released meanwhile', () =>
      copy.edit(environmentFile('dev'), (text) => `${text}# ${resourceVersion}\n`),
    );
    await untilSynced('almanac-dev', release);
  };

  test('when it is renamed, and no second Application takes its namespace', async () => {
    const release = await releaseIn(copy, 'production');
    await change('production is called live', () => copy.git('mv', name, environmentFile('live')));
    await lookAgain(); // at the sandbox's file, which was malformed before, the one for new ones may have failed
    await waitUntil(() => complaintOf('live'), { ...patience, until: 'the second owner was refused' });
    await untilReconciled();
    await untilRunning(production, release);
    const owners = (await kubernetes().list<Application>(paths.applications)).filter(
      ({ spec }) => spec.destination.namespace === production,
    );
    expect(owners.map(({ metadata }) => metadata.name)).toEqual([production]);
    await change('production is called production', () => copy.git('mv', environmentFile('live'), name));
    for (const path of [
      `${paths.applicationSets}/environment-live`,
      `${paths.applications}/environment-live`,
    ])
      await kubernetes().delete(path);
  }, 240_000);

  test('when it is deleted', async () => {
    const release = await releaseIn(copy, 'production');
    const text = await copy.git('show', `local/main:${name}`);
    await change('There is no file for production', () => copy.git('rm', '--quiet', name));
    await untilReconciled();
    await untilRunning(production, release);
    expect(await application(production)).not.toBeNull();
    await change('There is one again', () => copy.edit(name, () => `${text}\n`));
    await untilSynced(production, release);
  }, 240_000);
});
