import { execFile } from 'node:child_process';
import { appendFile, cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestOf } from '../src/oci/archive';
import { buildService, serviceNamed, servicesOf } from '../src/services/build';
import { baseLayer, imageOf } from '../src/services/write-service-images';
import { temporaryFolder } from './support';

const run = promisify(execFile);
const repository = join(__dirname, '..', '..', '..');

/** What is neither source nor settings of a build. */
const isSource = (path: string): boolean =>
  !/\/(node_modules|dist|test)(\/|$)/.test(path.slice(repository.length));

/** A copy of this checkout, as a worktree of another commit would be: its packages are those installed here. */
async function checkout() {
  const folder = await temporaryFolder();
  for (const name of ['package.json', 'tsconfig.base.json', 'packages', 'services', 'tools'])
    await cp(join(repository, name), join(folder.path, name), { recursive: true, filter: isSource });
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
  return folder;
}

/** What is built is kept per test, so that nothing of an earlier run can answer. */
async function ownCache() {
  const folder = await temporaryFolder();
  process.env.XDG_CACHE_HOME = folder.path;
  return folder;
}

/** Stands for what all services have in common, which would only be copied here. */
const base = { file: '/dev/null', digest: 'sha256:0', size: 0 };

const digestOfService = async (root: string, name: string): Promise<string> =>
  digestOf(await imageOf(root, serviceNamed(root, name), base));

/** Built one after the other, as a release builds them. */
const digestsOf = async (root: string) => ({
  audit: await digestOfService(root, 'audit'),
  'task-api': await digestOfService(root, 'task-api'),
  web: await digestOfService(root, 'web'),
});

describe('a service', () => {
  const cacheBefore = process.env.XDG_CACHE_HOME;
  afterEach(() => {
    if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cacheBefore;
  });

  it('has the same image wherever it is built, and a change rolls what it is in and nothing else', async () => {
    await using here = await checkout();
    await using there = await checkout();
    await using cacheHere = await ownCache();
    const digests = await digestsOf(here.path);

    await using cacheThere = await ownCache();
    expect(cacheThere.path).not.toBe(cacheHere.path);
    expect(await digestsOf(there.path)).toEqual(digests);

    const main = join(there.path, 'services/audit/src/main.ts');
    await appendFile(main, '\n// A comment changes nothing that runs.\n');
    expect(await digestsOf(there.path)).toEqual(digests);

    await appendFile(main, '\nconsole.error("changed");\n');
    const changed = await digestsOf(there.path);
    expect(changed.audit).not.toBe(digests.audit);
    expect({ ...changed, audit: digests.audit }).toEqual(digests);

    await appendFile(join(there.path, 'packages/contracts/src/text.ts'), '\nconsole.error("changed");\n');
    expect(await digestOfService(there.path, 'task-api')).not.toBe(digests['task-api']);
  }, 120_000);

  it('has an image below 200 MB, of which all but 15 are those of all others', async () => {
    const common = await baseLayer(repository);
    for (const service of servicesOf(repository)) {
      const { layers } = await imageOf(repository, service, common);
      const own = layers.filter(({ digest }) => digest !== common.digest);
      expect(layers.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(200e6);
      expect(own.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(15e6);
    }
  }, 60_000);

  it.each(servicesOf(repository).map(({ name }) => name))(
    '%s runs as the one file of its image, and says which settings it lacks',
    async (name) => {
      await using elsewhere = await temporaryFolder();
      const { main } = await buildService(repository, serviceNamed(repository, name));
      const file = join(elsewhere.path, 'main.js');
      await writeFile(file, await readFile(main));
      const node = join(repository, 'node_modules', 'node', 'bin', 'node');
      const failed = run(node, [file], { cwd: elsewhere.path, env: { NODE_ENV: 'production' } });
      await expect(failed).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringContaining('The environment lacks settings, or has wrong ones') as string,
      });
    },
    60_000,
  );

  it('that a checkout doesn’t have is named, with those it has', () => {
    expect(() => serviceNamed(repository, 'billing')).toThrow(
      /no service billing in .*, only audit, realtime, task-api, web, migrate/,
    );
  });
});
