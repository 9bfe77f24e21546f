import { execFile } from 'node:child_process';
import { access, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { git } from '../src/git/git';
import { ensureRemote, ensureRepository } from '../src/git/repository';
import type { Follow, RefUpdate } from '../src/server/received';
import { serve } from '../src/server/serve';
import { filesOf } from '../src/state';
import { freePort } from './support/ports';
import { commit, createWorkingCopy, temporaryFolder } from './support/repositories';

const run = promisify(execFile);

/** Stands for the address at which pods find this machine. */
const hostAddress = '127.0.0.2';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let workingCopy: string;
let directory: string;
let gitPort: number;
let server: AsyncDisposable;
/** What follows from a push; each test says its own. */
let follow: Follow;

const address = (host = '127.0.0.1') => `http://${host}:${gitPort}/almanac.git`;
const head = () => git(filesOf(directory).repository, 'rev-parse', 'main');

/** @returns what git told the person, on whose terminal it would be */
const push = async (from = workingCopy, to = address()): Promise<string> => {
  const { stderr } = await run('git', ['-C', from, 'push', to, 'HEAD:main']);
  return stderr;
};

beforeAll(async () => {
  root = await temporaryFolder();
  workingCopy = join(root.folder, 'copy');
  directory = join(root.folder, 'cluster');
  await createWorkingCopy(workingCopy);
  const { repository, socket } = filesOf(directory);
  await ensureRepository(repository, { workingCopy, socket });
  gitPort = await freePort();
  const gateway = { host: '127.0.0.1', port: 1 };
  const options = { directory, gitPort, port: await freePort(), hostAddress, gateway };
  server = await serve(options, (updates, say) => follow(updates, say));
});

beforeEach(() => {
  follow = () => Promise.resolve();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await root.remove();
});

it.each(['127.0.0.1', hostAddress])(
  'gives everybody at %s the head of the working copy as main',
  async (host) => {
    const clone = join(root.folder, `clone-${host}`);
    await git('/', 'clone', '--quiet', address(host), clone);

    expect(await git(clone, 'rev-parse', 'main')).toBe(await head());
  },
);

it('shows whoever pushes what follows from it, as it happens', async () => {
  const before = await head();
  const seen: RefUpdate[] = [];
  follow = (updates, say) => {
    seen.push(...updates);
    say('Building what you changed');
    return Promise.reject(new Error('A build failed'));
  };
  const after = await commit(workingCopy, { 'a.txt': 'a\n' });

  const told = await push();

  expect(told).toMatch(/remote: Building what you changed *\n.*remote: A build failed/s);
  expect(seen).toEqual([{ before, after, ref: 'refs/heads/main' }]);
  expect(await head()).toBe(after); // the push stays
});

it('refuses a push from where pods are', async () => {
  const before = await head();
  await commit(workingCopy, { 'b.txt': 'b\n' });

  await expect(push(workingCopy, address(hostAddress))).rejects.toThrow(/403/);
  expect(await head()).toBe(before);
});

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

(isRoot && process.platform === 'linux' ? it : it.skip)(
  'refuses a push of another account of this machine, which root can try',
  async () => {
    const before = await head();
    const clone = join(root.folder, 'foreign');
    await git('/', 'clone', '--quiet', address(), clone);
    await git(
      clone,
      '-c',
      'user.name=N',
      '-c',
      'user.email=n@x',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
    await chmod(root.folder, 0o755);
    await run('chown', ['-R', String(nobody), clone]);

    const pushing = run('git', ['-C', clone, 'push', address(), 'HEAD:main'], {
      uid: nobody,
      env: { PATH: process.env.PATH, HOME: clone },
    });

    await expect(pushing).rejects.toThrow(/403/);
    expect(await head()).toBe(before);
  },
);

it('keeps a push and says how to go on when what builds is away', async () => {
  const { repository } = filesOf(directory);
  await ensureRepository(repository, { workingCopy, socket: join(directory, 'nobody.sock') });
  const after = await commit(workingCopy, { 'd.txt': 'd\n' });

  expect(await push()).toMatch(/The push is kept.*\n.*npm run cluster/);
  expect(await head()).toBe(after);
});

it('leaves a repository that is there as it is', async () => {
  const { repository, socket } = filesOf(directory);
  const before = await head();
  await commit(workingCopy, { 'e.txt': 'e\n' });

  expect(await ensureRepository(repository, { workingCopy, socket })).toBe(false);
  expect(await head()).toBe(before);
});

it('serves nothing but repositories', async () => {
  await expect(access(filesOf(directory).repository)).resolves.toBeUndefined();
  for (const path of [
    '/',
    '/almanac.git',
    '/../settings.json',
    '/almanac.git/%2e%2e/x',
    '/none.git/info/refs',
  ])
    expect((await fetch(`http://127.0.0.1:${gitPort}${path}`)).status).toBe(404);
});

describe('the remote of the working copy', () => {
  it('is added once, and found again', async () => {
    const url = 'http://127.0.0.1:1/almanac.git';
    expect(await ensureRemote(workingCopy, 'local', url)).toEqual({ other: undefined });
    expect(await ensureRemote(workingCopy, 'local', url)).toEqual({ other: undefined });
    expect(await git(workingCopy, 'remote', 'get-url', 'local')).toBe(url);
  });

  it('is left alone when it leads elsewhere', async () => {
    await git(workingCopy, 'remote', 'add', 'mine', 'https://example.com/mine.git');

    expect(await ensureRemote(workingCopy, 'mine', 'http://127.0.0.1:1/almanac.git')).toEqual({
      other: 'https://example.com/mine.git',
    });
    expect(await git(workingCopy, 'remote', 'get-url', 'mine')).toBe('https://example.com/mine.git');
  });
});
