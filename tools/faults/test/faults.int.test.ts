import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { huntBug } from '../src/campaign';
import { faultNamed } from '../src/faults';
import type { Ledger } from '../src/load';
import { startServer, type Server } from '../src/postgres';
import { openStage, type Stage } from '../src/stage';
import { runTrial } from '../src/trial';
import { crashPoints } from '../src/victim/crash-points';
import { plantedBugs } from '../src/victim/planted-bugs';

// Each fault once; `npm run faults` has them 20 times, and all planted bugs.
jest.setTimeout(60_000);

const seed = 4711;
let directory: string;
let server: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'almanac-faults-test-'));
  await chmod(directory, 0o755); // run by root, PostgreSQL has another account
  server = await startServer(join(directory, 'postgres'));
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('no acknowledged change is lost, each has its effects once, and in order', () => {
  let stage: Stage;
  let past: Ledger | undefined;

  beforeAll(async () => {
    stage = await openStage({ server, directory });
    await stage.startVictim();
  });

  afterAll(() => stage.close());

  const play = async (name: string) => {
    const { violations, operations, evidence } = await runTrial(stage, faultNamed(name), seed, { past });
    past = evidence.ledger;
    expect(violations).toEqual([]);
    expect(operations.acknowledged).toBeGreaterThanOrEqual(30);
  };

  test.each(crashPoints)('when the process is killed at $name: $about', ({ name }) => play(name));

  test('when every third event fails at first', () => play('consumers.fail'));
  test('when the process is asked to stop under load', () => play('process.stopped'));
  test('when PostgreSQL stops at once and comes back', () => play('database.stopped'));
  test('when all connections to PostgreSQL are cut, again and again', () => play('database.cut'));
});

describe('the checker finds a bug that is planted:', () => {
  test.each(['events-outside-the-transaction', 'no-inbox'])('%s', async (name) => {
    const bug = plantedBugs.find((planted) => planted.name === name)!;
    const { caughtIn } = await huntBug(bug, 3, {
      server,
      directory,
      seed,
      signal: new AbortController().signal,
    });
    expect(caughtIn).not.toBeNull();
  });
});
