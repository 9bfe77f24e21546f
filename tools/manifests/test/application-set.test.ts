import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expand, type ApplicationSet } from '../src/application-set';
import { examples } from '../src/cluster';
import { offlineKustomize } from '../src/kustomize';
import { root } from './support';

const release = `release:
  id: r-3f9c1a2b7d10
  revision: ${'4f'.repeat(20)}
  images: { web: 'sha256:${'5'.repeat(64)}', task-api: 'sha256:${'6'.repeat(64)}' }
  schema: {}
`;
const target = `target:
  overlay: overlays/local/dev
  namespace: almanac-dev
`;

describe('The ApplicationSet of an environment', () => {
  let folder: string;
  let applicationSet: ApplicationSet;

  beforeAll(async () => {
    const kustomize = await offlineKustomize(root);
    const patch = `- { op: replace, path: /spec/generators/0/git/files/0/path, value: clusters/local/environments/dev.yaml }
- { op: replace, path: /spec/generators/0/git/values/registry, value: registry.example/fork }`;
    const [resource] = await kustomize.build('argocd/environment', {
      patches: [{ target: { kind: 'ApplicationSet' }, patch }],
    });
    applicationSet = resource as ApplicationSet;
  }, 120_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'almanac-application-set-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const made = (content: string) => {
    const file = join(folder, 'clusters/local/environments/dev.yaml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return expand(folder, applicationSet, { pullRequest: examples.pullRequest });
  };

  it('pins the manifests and the images of the release', async () => {
    const [application, ...others] = await made(target + release);
    expect(others).toEqual([]);
    expect(application!.metadata).toMatchObject({
      name: 'almanac-dev',
      annotations: { 'almanac.dev/release': 'r-3f9c1a2b7d10' },
    });
    expect(application!.spec.source).toMatchObject({
      targetRevision: '4f'.repeat(20),
      path: 'overlays/local/dev',
      kustomize: {
        namespace: 'almanac-dev',
        images: [
          `ghcr.io/almanac/task-api=registry.example/fork/task-api@sha256:${'6'.repeat(64)}`,
          `ghcr.io/almanac/web=registry.example/fork/web@sha256:${'5'.repeat(64)}`,
        ],
      },
    });
  });

  it('makes nothing of an environment that nothing was released to', async () => {
    expect(await made(target)).toEqual([]);
  });

  it.each([
    ['that is empty', '', 'map has no entry for key "target"'],
    ['without a target', release, 'map has no entry for key "target"'],
    [
      'without a namespace',
      `target: { overlay: overlays/local/dev }\n${release}`,
      'no entry for key "namespace"',
    ],
    ['without images', `${target}release: { id: r-1, revision: abc }\n`, 'no entry for key "images"'],
    ['that isn’t YAML', `${target}release: {`, 'Flow map'],
    ['that is a list', '- target\n', 'is no mapping'],
  ])('says what is wrong with a file %s', async (_, content, message) => {
    await expect(made(content)).rejects.toThrow(message);
  });
});
