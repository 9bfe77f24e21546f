import { join } from 'node:path';
import {
  openRepository,
  parseEnvironment,
  planQuarantine,
  releaseMain,
  writeChange,
  type ReleaseOutcome,
} from '../src';
import { startGitServer, type GitServer } from '@almanac/testkit/git';
import { environmentPath } from '../src/environment';
import { digest, environmentText, release } from './support/files';

const author = { name: 'Almanac', email: 'almanac@example.com' };
const dev = environmentPath('local/dev');

let server: GitServer;
let built: string[];
beforeEach(async () => {
  built = [];
  server = await startGitServer({
    [dev]: environmentText('local/dev', { follows: 'main' }),
    'services/task-api/src/main.ts': '1\n',
  });
});
afterEach(() => server.remove());

const repository = () =>
  openRepository({ remote: server.remote, branch: 'main', cache: join(server.folder, 'cache.git') });

const schema = { 'task-api': { min: 0, max: 3 } };
const main = async (
  revision: string,
  { build, ...options }: { always?: boolean; despiteHold?: boolean; build?: () => Promise<unknown> } = {},
): Promise<ReleaseOutcome> =>
  releaseMain(
    {
      repository: repository(),
      author,
      build: async (commit) => {
        built.push(commit);
        await build?.();
        return { images: { web: digest(1), 'task-api': digest(built.length) }, schema };
      },
    },
    { environment: 'local/dev', revision, ...options },
  );
const released = async () => parseEnvironment(await server.show(dev), dev).release;

test('the first release of an environment that follows main names its commit, images and schemas', async () => {
  const revision = await server.push({ 'services/task-api/src/main.ts': '2\n' }, 'Tasks have a colour');
  const outcome = await main(revision);
  expect(outcome).toMatchObject({ do: 'written', release: { revision, schema } });
  expect(await released()).toEqual({
    id: (outcome as { release: { id: string } }).release.id,
    revision,
    images: { 'task-api': digest(1), web: digest(1) },
    schema,
  });
  expect(await server.git('log', '-1', '--format=%an: %s', 'main')).toMatch(
    /^Almanac: local\/dev runs r-[0-9a-f]{12}: Tasks have a colour$/,
  );
});

test('a push that changes nothing of the product builds and releases nothing', async () => {
  await main(await server.push({ 'services/task-api/src/main.ts': '2\n' }, 'A change'));
  const commits = await server.git('rev-list', '--count', 'main');
  await server.pull();
  for (const path of [
    'README.md',
    'services/task-api/test/a.test.ts',
    'clusters/local/environments/other.yaml',
  ]) {
    const revision = await server.push({ [path]: '# x\n' }, 'Words');
    expect(await main(revision)).toMatchObject({ do: 'nothing' });
  }
  expect(built).toHaveLength(1);
  expect(await server.git('rev-list', '--count', 'main')).toBe(String(Number(commits) + 3));

  const because = await main(await server.git('rev-parse', 'main'), { always: true });
  expect(because).toMatchObject({ do: 'written' });
});

test('of two pushes whose builds overlap, the newer one stays, whichever is ready first', async () => {
  const older = await server.push({ 'services/task-api/src/main.ts': '2\n' }, 'Older');
  const newer = await server.push({ 'services/task-api/src/main.ts': '3\n' }, 'Newer');
  const outcome = await main(older, { build: () => main(newer) });
  expect(outcome).toMatchObject({ do: 'refuse', code: 'older' });
  expect(await released()).toMatchObject({ revision: newer });
});

test('while a release is quarantined there nothing is built, until a person resumes', async () => {
  const first = await server.push({ 'services/task-api/src/main.ts': '2\n' }, 'One');
  await main(first);
  await writeChange(
    repository(),
    ({ environments }) =>
      planQuarantine(environments, {
        ...{ environment: 'local/dev', id: release(9).id, because: 'it hurt' },
        ...{ at: '2026-11-21T10:00:00Z', requestedBy: 'Grace' },
      }),
    { author, ifMoved: 'abort' },
  );
  await server.pull();
  const second = await server.push({ 'services/task-api/src/main.ts': '3\n' }, 'Two');
  expect(await main(second)).toMatchObject({ do: 'refuse', code: 'held' });
  expect(built).toEqual([first]);
  expect(await main(second, { despiteHold: true })).toMatchObject({ do: 'written' });
});

test('a commit that the remote doesn’t have is said so', async () => {
  await expect(main('f'.repeat(40))).rejects.toThrow(/has no commit ffff.*; push it first/);
});
