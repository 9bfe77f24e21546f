import { MissingTool } from '@almanac/kubernetes';
import { requirePackages } from '../src/contents/debian';
import { madeHere, nameOf, thirdPartyReferences } from '../src/third-party';

describe('the images of others', () => {
  it('are named by tag and digest, and each of them can be made here', async () => {
    const references = await thirdPartyReferences();
    expect(Object.keys(references).sort()).toEqual(Object.keys(madeHere).sort());
    for (const reference of Object.values(references))
      expect(reference).toMatch(/^[\w.-]+(\.[\w.-]+)+\/[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['postgres:18.4@sha256:3a82', 'postgres'],
    ['docker.io/library/postgres:18.4', 'postgres'],
    ['busybox:1.37', 'busybox'],
    ['registry.k8s.io/pause:3.10.1', 'pause'],
  ])('%s is known as %s', async (reference, name) => {
    expect(nameOf(reference, await thirdPartyReferences())).toBe(name);
  });

  it.each(['postgres:17.1', 'registry.k8s.io/pause:3.9', 'nginx:1.27', 'quay.io/argoproj/argocd:v3.5.30'])(
    '%s can’t be made here, and nothing else is passed off as it',
    async (reference) => {
      const known = await thirdPartyReferences();
      expect(() => nameOf(reference, known)).toThrow(`No image of ${reference} can be made here`);
    },
  );

  it('name all Debian packages at once that a machine lacks', async () => {
    const lacksTini = (file: string) => Promise.resolve(!file.endsWith('tini') && !file.endsWith('busybox'));
    const checked = requirePackages(['tini', 'git', 'busybox-static', 'tini'], lacksTini);
    await expect(checked).rejects.toThrow(MissingTool);
    await expect(checked).rejects.toThrow('apt-get install -y --no-install-recommends busybox-static tini');
    await expect(requirePackages(['git'], lacksTini)).resolves.toBeUndefined();
  });
});
