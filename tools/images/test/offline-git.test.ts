import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeOfflineGit } from '../src/upstreams/offline-git';
import { upstreams } from '../src/upstreams/upstreams';
import { temporaryFolder, writeFiles } from './support';

const run = promisify(execFile);

/** A mirror of Argo CD, a repository of our own beside it, and the `git` that reads mirrors. */
async function machine() {
  const folder = await temporaryFolder();
  const { repository, commit } = (await upstreams()).find(({ name }) => name === 'argo-cd')!;
  const mirror = join(folder.path, 'mirrors', 'argo-cd.git');
  const work = join(folder.path, 'work');
  await mkdir(work);
  const offline = await writeOfflineGit(join(folder.path, 'bin'), join(folder.path, 'mirrors'));

  const git =
    (cwd: string, path: string) =>
    async (...args: string[]) => {
      const env = {
        PATH: path,
        HOME: folder.path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.org',
      };
      return (await run('git', args, { cwd, env })).stdout.trim();
    };
  const usual = process.env.PATH!;
  await writeFiles(mirror, { 'install.yaml': 'kind: Namespace\n' });
  const inMirror = git(mirror, usual);
  await inMirror('init', '--quiet', '--initial-branch=main');
  await inMirror('add', '.');
  await inMirror('commit', '--quiet', '--message=files');
  await inMirror('update-ref', `refs/pins/${commit}`, 'HEAD');
  await git(work, usual)('init', '--quiet');
  return {
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    repository,
    commit,
    mirrored: await inMirror('rev-parse', 'HEAD'),
    mirror,
    git: git(work, `${offline}:${usual}`),
    usual: git(work, usual),
  };
}

describe('git without a network', () => {
  it('fetches an upstream by its real commit from the mirror, as kustomize does', async () => {
    await using it = await machine();
    await it.git('fetch', '--depth=1', it.repository, it.commit);
    expect(await it.git('rev-parse', 'FETCH_HEAD')).toBe(it.mirrored);
    await it.git('fetch', '--depth=1', `${it.repository}.git`, it.commit);
    await it.git('checkout', '--quiet', 'FETCH_HEAD');
    expect(await it.usual('show', 'HEAD:install.yaml')).toBe('kind: Namespace');
  });

  it('has no commit of an upstream but the pinned one', async () => {
    await using it = await machine();
    const other = '0123456789abcdef0123456789abcdef01234567';
    await expect(it.git('fetch', it.repository, other)).rejects.toThrow(`refs/pins/${other}`);
  });

  it('is the usual git for every other repository, and every other command', async () => {
    await using it = await machine();
    await it.git('fetch', it.mirror, it.mirrored);
    expect(await it.git('rev-parse', 'FETCH_HEAD')).toBe(it.mirrored);
    await it.git('fetch', it.repository, 'main');
    expect(await it.git('rev-parse', 'FETCH_HEAD')).toBe(it.mirrored);
    await it.git('remote', 'add', 'origin', it.repository);
    expect(await it.git('config', 'remote.origin.url')).toBe(it.repository);
    expect(await it.git('log', '--format=%s', '-1', it.mirrored)).toBe('files');
    await expect(it.git('nonsense')).rejects.toMatchObject({ code: 1 });
  });
});
