import type * as Timers from 'node:timers/promises';
import { waitUntil, withClient, type TestDatabase } from '@almanac/testkit';
import { jobsNeed, schemaNeed, waitFor, type Need } from '../src/database-needs';
import { jobs, migrateSample, olderDatabase, sampleSchema } from './sample';

// Looks follow each other at once, not after a second.
jest.mock('node:timers/promises', () => {
  const timers = jest.requireActual<typeof Timers>('node:timers/promises');
  const setTimeout: typeof timers.setTimeout = (_ms, value, options) => timers.setTimeout(1, value, options);
  return { ...timers, setTimeout };
});

const never = new AbortController().signal;

/** What is told while these are waited for, until the first thing is. */
async function firstTold(...needs: Need[]): Promise<string> {
  const enough = new AbortController();
  const told: string[] = [];
  const tell = (missing: string) => {
    told.push(missing);
    enough.abort();
  };
  await expect(waitFor(needs, tell, enough.signal)).rejects.toMatchObject({ name: 'AbortError' });
  return told.join('\n');
}

describe('a database that isn’t migrated yet', () => {
  let database: TestDatabase;
  const ours = () => schemaNeed(database.configFor(sampleSchema), sampleSchema);
  const ofJobs = () => jobsNeed(database.configFor(jobs));

  beforeAll(async () => (database = await olderDatabase()));
  afterAll(() => database.drop());

  test('says which version of the schema it has, and which is needed', async () => {
    expect(await firstTold(ours())).toBe(
      'almanac_process_sample: schema process_sample is at 0, 1 is needed',
    );
  });

  test('says which schema it doesn’t have, and why that may be', async () => {
    const absent = schemaNeed(database.configFor(sampleSchema), { ...sampleSchema, name: 'absent' });
    const why = 'does not exist; the migrations haven’t run yet';
    expect(await firstTold(absent, ofJobs())).toBe(
      `almanac_process_sample: relation "absent.migration" ${why}; ` +
        `almanac_jobs: relation "jobs.migration" ${why}`,
    );
  });

  test('says that a password is wrong', async () => {
    const wrong = { ...database.configFor(sampleSchema), password: 'wrong' };
    expect(await firstTold(schemaNeed(wrong, sampleSchema))).toBe(
      'almanac_process_sample: password authentication failed for user "almanac_process_sample"',
    );
  });

  test('is waited for until it is migrated', async () => {
    const told: string[] = [];
    const waiting = waitFor([ours(), ofJobs()], (missing) => void told.push(missing), never);
    await waitUntil(() => told.length > 0);
    await migrateSample(database);
    await waiting;
    expect(told[0]).toContain('process_sample is at 0, 1 is needed; almanac_jobs: ');
  });

  test('may be newer than the code, but its jobs not older', async () => {
    expect(
      await schemaNeed(database.configFor(sampleSchema), { ...sampleSchema, migrations: [] }).lack(),
    ).toBe(null);
    expect(await ofJobs().lack()).toBeNull();
    await withClient(database.owner, (owner) => owner.query('delete from jobs.migration'));
    expect(await ofJobs().lack()).toMatch(/^schema jobs is at 0, \d+ is needed$/);
  });
});

test('a server that doesn’t answer is named by its error, at whichever address', async () => {
  const nowhere = { host: 'localhost', port: 1, database: 'x', user: 'somebody', password: 'x', poolSize: 1 };
  expect(await firstTold(jobsNeed(nowhere))).toMatch(/^somebody: .*ECONNREFUSED/);
});

test('what is missing is told again only when it is something else', async () => {
  const lacks = ['a', 'a', 'b', 'b', null];
  const told: string[] = [];
  const need: Need = { name: 'x', lack: async () => lacks.shift() ?? null };
  await waitFor([need], (missing) => void told.push(missing), never);
  expect(told).toEqual(['x: a', 'x: b']);
});

test('what was thrown is told, also when it is no error', async () => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the point
  expect(await firstTold({ name: 'x', lack: () => Promise.reject('a word') })).toBe('x: a word');
});
