import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRelease } from '@almanac/gitops';
import { noCommit } from '../src/git/git';
import { ensureRepository } from '../src/git/repository';
import { portsOf } from '../src/server/ports';
import { filesOf } from '../src/state';
import { git } from '../src/git/git';
import { commit, createWorkingCopy, temporaryFolder } from './support/repositories';

const dev = 'clusters/local/environments/dev.yaml';
const elsewhere = 'clusters/doks/environments/staging.yaml';
const source = 'services/web/src/app.ts';

const target = (overlay: string) =>
  `target:\n  overlay: ${overlay}\n  namespace: almanac-dev\n  follows: main\n`;
const released = (revision: string) => {
  const { id } = makeRelease({ revision, images: {}, schema: {} });
  return `${target('overlays/local/dev')}release:\n  id: ${id}\n  revision: ${revision}\n  images: {}\n  schema: {}\n`;
};

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let workingCopy: string;
let directory: string;

beforeEach(async () => {
  root = await temporaryFolder();
  [workingCopy, directory] = [join(root.folder, 'copy'), join(root.folder, 'cluster')];
  await createWorkingCopy(workingCopy);
  for (const file of [dev, elsewhere, source])
    await mkdir(join(workingCopy, file, '..'), { recursive: true });
  await commit(workingCopy, { [dev]: target('overlays/local/dev'), [elsewhere]: target('x'), [source]: '1' });
  const { repository, socket } = filesOf(directory);
  await ensureRepository(repository, { workingCopy, socket });
  await git(repository, 'config', 'core.hooksPath', '/dev/null'); // nobody follows
});
afterEach(() => root.remove());

/** Commits and pushes these files; what they mean when they are read. */
const meaningOf = async (files: Record<string, string>) => {
  const after = await commit(workingCopy, files);
  await git(workingCopy, 'push', '--quiet', filesOf(directory).repository, 'HEAD:main');
  const ports = portsOf({ directory, gateway: { host: '127.0.0.1', port: 1 } }, workingCopy);
  return ports.read(after, Object.keys(files));
};
const head = () => git(workingCopy, 'rev-parse', 'HEAD');

it('a change of the product is released to what follows main on this cluster, and nowhere else', async () => {
  expect(await meaningOf({ [source]: '2' })).toEqual({ toRelease: ['local/dev'], problems: [] });
});

it('a push of release files builds nothing, also while a commit waits to be released', async () => {
  expect(await meaningOf({ [dev]: released(await head()) })).toEqual({ toRelease: [], problems: [] });
  await commit(workingCopy, { [source]: '2' }); // its build failed, or goes on
  expect(await meaningOf({ [elsewhere]: target('y') })).toEqual({ toRelease: [], problems: [] });
});

it('documents are not released', async () => {
  await meaningOf({ [dev]: released(await head()) });

  expect(await meaningOf({ 'README.md': 'more' })).toEqual({ toRelease: [], problems: [] });
});

it('what is wrong with a release file is said with its place, if the push changed it', async () => {
  const { problems } = await meaningOf({ [dev]: 'target: here\n' });
  expect(problems).toEqual([
    expect.stringMatching(/^clusters\/local\/environments\/dev\.yaml:1:9: target must be/),
  ]);

  expect(await meaningOf({ [source]: '2' })).toEqual({ toRelease: [], problems: [] });
});

it('names the files that differ, of a new branch all', async () => {
  const ports = portsOf({ directory, gateway: { host: '127.0.0.1', port: 1 } }, workingCopy);
  const before = await head();
  expect(await ports.changedPaths(noCommit, before)).toEqual(['README.md', elsewhere, dev, source]);

  await meaningOf({ [source]: '2' });
  expect(await ports.changedPaths(before, await head())).toEqual([source]);
});

it('says who of Argo CD can’t be told of a push', async () => {
  const ports = portsOf({ directory, gateway: { host: '127.0.0.1', port: 1 } }, workingCopy);
  const complaints = await ports.notify({ branch: 'main', before: noCommit, after: await head(), paths: [] });

  expect(complaints).toEqual([
    expect.stringMatching(/^argocd-server didn’t hear of it \(.*ECONNREFUSED.*\)/),
    expect.stringMatching(/^applicationset-controller didn’t hear of it/),
  ]);
});
