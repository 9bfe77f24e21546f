import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseAccount } from '../src/account';
import { installedDistribution, usablePrograms, type Distribution } from '../src/binaries';
import { run } from '../src/programs';

const asRoot = process.getuid?.() === 0;

let base: string;
let distribution: Distribution;
let copies: number;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'almanac-binaries-'));
  await chmod(base, 0o755);
  const installed = await installedDistribution();
  distribution = { ...installed, directory: join(base, 'node_modules', 'native') };
  await cp(installed.directory, distribution.directory, { recursive: true, verbatimSymlinks: true });
});

beforeEach(() => (copies = 0));

afterAll(() => rm(base, { recursive: true }));

const usable = async (cache = 'cache') =>
  usablePrograms({
    distribution,
    account: await databaseAccount('/nonexistent'),
    cacheDirectory: join(base, cache),
    onCopy: () => (copies += 1),
  });

it('uses the programs where npm put them', async () => {
  expect((await usable()).directory).toBe(distribution.directory);
  expect(copies).toBe(0);
});

if (asRoot)
  it('copies out of a home that the database’s account may not enter', async () => {
    await chmod(join(base, 'node_modules'), 0o700);
    await usable('root cache');
    await chmod(join(base, 'node_modules'), 0o755);

    expect(copies).toBe(1);
  });

describe('when npm kept neither links nor rights', () => {
  beforeAll(async () => {
    await chmod(join(distribution.directory, 'bin', 'initdb'), 0o644);
    const lib = join(distribution.directory, 'lib');
    for (const entry of await readdir(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await rm(join(lib, entry.name));
    }
  });

  it('makes a copy that has both, once, also for two who ask at once', async () => {
    const [first, second] = await Promise.all([usable(), usable()]);

    expect(first.directory).toContain(join(base, 'cache', `postgresql-${distribution.version}`));
    expect([second, await usable()]).toEqual([first, first]);
    expect(copies).toBe(1);
    await run(first, 'initdb', ['--version'], '/');
  });

  it('mends a copy that lost a file', async () => {
    const { directory } = await usable();
    await rm(join(directory, 'bin', 'postgres'));
    await run(await usable(), 'postgres', ['--version'], '/');

    expect(copies).toBe(1);
  });
});
