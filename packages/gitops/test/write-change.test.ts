import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGitServer, type GitServer } from '@almanac/testkit/git';
import { environmentPath } from '../src/environment';
import {
  historyOf,
  openRepository,
  parseEnvironment,
  PathMoved,
  planQuarantine,
  planResume,
  PushRefused,
  releasesOf,
  stateAt,
  writeChange,
  type RepositoryLocation,
  type State,
  type WriteOptions,
} from '../src';
import { environmentText, release } from './support/files';

const author = { name: 'Grace', email: 'grace@example.com' };
const careful: WriteOptions = { author, ifMoved: 'abort' };

const quarantine =
  (environment: string, id: string, because = 'it hurt') =>
  ({ environments }: State) =>
    planQuarantine(environments, {
      environment,
      id,
      because,
      at: '2026-11-21T10:00:00Z',
      requestedBy: 'Grace',
    });

const names = Array.from({ length: 20 }, (_, index) => `local/e${index}`);
const files = Object.fromEntries(
  names.map((name) => [environmentPath(name), environmentText(name, { release: release(1) })]),
);

let server: GitServer;
beforeEach(async () => {
  server = await startGitServer({ ...files, 'README.md': 'hello\n' });
});
afterEach(() => server.remove());

const open = (location: Partial<RepositoryLocation> = {}) =>
  openRepository({
    remote: server.remote,
    branch: 'main',
    cache: join(server.folder, 'cache.git'),
    ...location,
  });

test('a change is one commit with one path, its author and its trailers', async () => {
  const before = await server.git('rev-parse', 'main');
  const { id } = release(2);
  const written = await writeChange(open(), quarantine('local/e3', id), careful);

  expect(written).toMatchObject({ do: 'written', tries: 1 });
  expect(await server.git('diff', '--name-only', before, 'main')).toBe(environmentPath('local/e3'));
  expect(
    await server.git(
      'log',
      '-1',
      '--format=%P|%an <%ae>|%cn|%s|%(trailers:key=Quarantined,valueonly)',
      'main',
    ),
  ).toBe(`${before}|Grace <grace@example.com>|Grace|${id} is quarantined in local/e3: it hurt|${id}`);
});

test('fifty writers race on one branch and twenty environments: every change is there, no other path is touched', async () => {
  const first = await server.git('rev-parse', 'main');
  const machines = Array.from({ length: 5 }, (_, index) =>
    open({ cache: join(server.folder, `${index}.git`) }),
  );
  const writers = Array.from({ length: 50 }, (_, index) => ({
    name: names[index % names.length]!,
    id: release(100 + index).id,
    repository: machines[index % machines.length]!,
  }));
  const outcomes = await Promise.all(
    writers.map(({ repository, name, id }) =>
      writeChange(repository, quarantine(name, id), { author, ifMoved: 'plan again', tries: 200 }),
    ),
  );

  expect(outcomes.filter((outcome) => outcome.do !== 'written')).toEqual([]);
  for (const name of names) {
    const { quarantined } = parseEnvironment(await server.show(environmentPath(name)), environmentPath(name));
    const expected = writers.filter((writer) => writer.name === name).map(({ id }) => id);
    expect(quarantined.map(({ id }) => id).sort()).toEqual(expected.sort());
  }
  const commits = (await server.git('log', '--format=%H %P', '--name-only', `${first}..main`)).split(
    /\n(?=[0-9a-f]{40} )/,
  );
  expect(commits).toHaveLength(50);
  for (const commit of commits) expect(commit.trim().split('\n').slice(1).filter(Boolean)).toHaveLength(1);
}, 120_000);

test('whoever is outrun on another path plans again and gets through', async () => {
  let raced = false;
  const written = await writeChange(
    open(),
    async (state) => {
      if (!raced) await server.push({ 'README.md': 'faster\n' }, 'Somebody is faster');
      raced = true;
      return quarantine('local/e0', release(2).id)(state);
    },
    careful,
  );
  expect(written).toMatchObject({ do: 'written', tries: 2 });
  expect(await server.show('README.md')).toBe('faster\n');
});

test('when the file itself changed in the meantime, nothing is written and it says who changed it', async () => {
  let raced = false;
  const path = environmentPath('local/e0');
  const attempt = writeChange(
    open(),
    async (state) => {
      const plan = quarantine('local/e0', release(2).id)(state);
      if (!raced) await server.push({ [path]: `${files[path]!}# mine\n` }, 'A note');
      raced = true;
      return plan;
    },
    careful,
  );
  await expect(attempt).rejects.toThrow(PathMoved);
  await expect(attempt).rejects.toThrow(/e0\.yaml changed in the meantime: Ada pushed [0-9a-f]{12} “A note”/);
  expect(await server.show(path)).toBe(`${files[path]!}# mine\n`);
});

test('a push that the server refuses is not tried again, and says what the server said', async () => {
  const hook = join(server.remote, 'hooks', 'pre-receive');
  await writeFile(hook, '#!/bin/sh\necho "only releases from a signed tag" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  const attempt = writeChange(open(), quarantine('local/e0', release(2).id), careful);
  await expect(attempt).rejects.toThrow(PushRefused);
  await expect(attempt).rejects.toThrow(
    /refused the push: pre-receive hook declined\n {2}only releases from a signed tag/,
  );
});

test('when others are always faster, it gives up after its tries and has written nothing', async () => {
  let pushes = 0;
  const attempt = writeChange(
    open(),
    async (state) => {
      pushes += 1;
      await server.push({ 'README.md': `${pushes}\n` }, `Push ${pushes}`);
      return quarantine('local/e0', release(2).id)(state);
    },
    { ...careful, tries: 3, pause: () => Promise.resolve() },
  );
  await expect(attempt).rejects.toThrow(/too busy.*3 times in a row; nothing was written/);
  expect(pushes).toBe(3);
});

test('a refusal of the plan writes nothing', async () => {
  const before = await server.git('rev-parse', 'main');
  const outcome = await writeChange(
    open(),
    ({ environments }) =>
      planResume(environments, { environment: 'local/e0', id: release(2).id, requestedBy: 'Grace' }),
    careful,
  );
  expect(outcome).toMatchObject({ do: 'refuse', code: 'not-quarantined' });
  expect(await server.git('rev-parse', 'main')).toBe(before);
});

test('a remote that can’t be reached or a branch that isn’t there is said so', async () => {
  await server.git('update-ref', '-d', 'refs/heads/main');
  await expect(open().head()).rejects.toThrow(/server\.git has no branch main/);
  await server.git('symbolic-ref', 'HEAD', 'refs/heads/other');
  await expect(open({ remote: join(server.folder, 'gone.git') }).head()).rejects.toThrow();
});

test('a file that can’t be read stops its own environment only', async () => {
  await server.push({ [environmentPath('local/e1')]: 'target: [\n' }, 'A slip');
  const repository = open();
  const state = await stateAt(repository, await repository.head());
  expect(state.environments.size).toBe(19);
  expect(state.invalid.map(({ path }) => path)).toEqual([environmentPath('local/e1')]);
});

test('the history of an environment is the history of its file, also through text nobody could read', async () => {
  const path = environmentPath('local/e1');
  await server.push({ [path]: environmentText('local/e1', { release: release(2) }) }, 'Two');
  await server.push({ [path]: 'nonsense' }, 'A slip');
  await server.push({ [path]: environmentText('local/e1', { release: release(1) }) }, 'Back to one');
  await server.push({ 'README.md': 'unrelated\n' }, 'Unrelated');
  const repository = open();
  await writeChange(repository, quarantine('local/e1', release(2).id, 'slow\nand wrong'), careful);
  const history = await historyOf(repository, await repository.head(), path);
  expect(history.map(({ commit, file }) => [commit.subject, file?.release?.id])).toEqual([
    [`${release(2).id} is quarantined in local/e1: slow and wrong`, release(1).id],
    ['Back to one', release(1).id],
    ['A slip', undefined],
    ['Two', release(2).id],
    ['The first commit', release(1).id],
  ]);
  expect(history[0]!.commit).toMatchObject({
    author: { name: 'Grace' },
    trailers: { Environment: 'local/e1', Because: 'slow and wrong', 'Requested-By': 'Grace' },
  });
  expect(releasesOf(history).map(({ id }) => id)).toEqual([release(1).id, release(2).id]);
});
