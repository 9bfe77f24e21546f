import type { JobKind } from '@almanac/scheduling';
import { createMetrics } from '@almanac/service-kit';
import { waitUntil, type TestDatabase } from '@almanac/testkit';
import { createJobs } from '../src';
import { cutConnections, jobs, migrateSample, olderDatabase } from './sample';

const greet: JobKind<string> = { name: 'greet', data: { parse: String } };
const now = () => new Date().toISOString();

let database: TestDatabase;

beforeAll(async () => {
  database = await olderDatabase();
  await migrateSample(database);
});
afterAll(() => database.drop());

/** Started jobs of a queue; `count` is how many ended in this way, as the metrics have it. */
async function start(queue: string, handler: (data: string) => Promise<void>) {
  const metrics = createMetrics();
  const troubles: unknown[] = [];
  const scheduler = createJobs({
    database: database.configFor(jobs),
    ...{ queue, metrics, onError: (error: unknown) => void troubles.push(error) },
  });
  scheduler.handle(greet, handler);
  await scheduler.start();
  const count = async (outcome: string) => {
    const { values } = await metrics.jobs.get();
    const of = values.find(
      ({ metricName, labels }) =>
        metricName === 'almanac_job_duration_seconds_count' &&
        labels.job === 'greet' &&
        labels.outcome === outcome,
    );
    return of?.value ?? 0;
  };
  return { scheduler, troubles, count };
}

test('a job that has run is counted, as is each try that failed', async () => {
  const greeted: string[] = [];
  const { scheduler, count } = await start('counted', async (name) => {
    if (name === 'nobody') throw new Error('nobody is there');
    greeted.push(name);
  });
  await scheduler.schedule(greet, { id: '1', at: now(), data: 'world' });
  await scheduler.schedule(greet, { id: '2', at: now(), data: 'nobody' });
  await waitUntil(async () => (await count('done')) === 1 && (await count('retrying')) >= 1);
  expect(greeted).toEqual(['world']);
  await scheduler.stop();
});

test('a connection that is lost is told, and jobs go on', async () => {
  const greeted: string[] = [];
  const { scheduler, troubles } = await start('troubled', async (name) => void greeted.push(name));
  expect(await cutConnections(database, jobs.role)).toBeGreaterThan(0);
  await waitUntil(() => troubles.length > 0);
  await waitUntil(async () => {
    await scheduler.schedule(greet, { id: '1', at: now(), data: 'again' });
    return true;
  });
  await waitUntil(() => greeted.includes('again'), { timeout: 15_000 });
  await scheduler.stop();
});
