import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Instant } from '@almanac/kernel';
import type { JobKind, JobReport, JobRun, JobScheduler, SchedulerHooks } from '../src';

/** What differs from one replica to the next. */
export interface ReplicaOptions {
  readonly concurrency?: number;
  readonly patience?: number;
  readonly hooks?: SchedulerHooks;
}

/** An adapter, with its store. */
export interface Subject {
  /**
   * A scheduler as one replica of a service has it. It tries jobs {@link tries} times, a few ms apart;
   * takes over those of a dead process after {@link recovery} ms or soon after; and looks after what
   * recurs several times a second.
   */
  replica(queue: string, options?: ReplicaOptions): JobScheduler;
  /** Arguments for Node.js that start a process which calls {@link runVictim} on a replica of the queue. */
  victim(queue: string): string[];
  /** As when the queue's store is emptied, and nobody is told. */
  loseEverything(queue: string): Promise<void>;
  close(): Promise<void>;
}

export const tries = 3;
export const recovery = 1_000;

const note: JobKind<string> = { name: 'note', data: { parse: String } };
const other: JobKind<string> = { name: 'other', data: { parse: String } };

/** Takes notes in hand, says so, and never ends: to be killed. */
export async function runVictim(scheduler: JobScheduler): Promise<void> {
  scheduler.handle(note, async (_data, { id }) => {
    console.log(`running ${id}`);
    await new Promise(() => {});
  });
  await scheduler.start();
  console.log('started');
}

/** What a handler was given. */
interface Run extends JobRun {
  readonly data: string;
  readonly startedAt: number;
}

export const soon = (ms: number): Instant => new Date(Date.now() + ms).toISOString();

/** Resolves as soon as something is true. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 15_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * What every adapter of {@link JobScheduler} keeps.
 *
 * @param connect prepares the adapter and an empty store
 */
export function describeJobScheduler(name: string, connect: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;
    let queue: string;
    let queues = 0;
    let started: JobScheduler[];
    let children: ChildProcess[];

    beforeAll(async () => {
      subject = await connect();
    }, 60_000);
    afterAll(() => subject.close());
    beforeEach(() => {
      queue = `queue-${++queues}`;
      started = [];
      children = [];
    });
    afterEach(async () => {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(started.map((scheduler) => scheduler.stop()));
    });

    const start = async (scheduler: JobScheduler): Promise<JobScheduler> => {
      started.push(scheduler);
      await scheduler.start();
      return scheduler;
    };

    /** A replica that schedules only. */
    const producer = (): Promise<JobScheduler> => start(subject.replica(queue));

    /** A replica that notes what it runs, in `runs`. */
    const recorder = async (runs: Run[], options?: ReplicaOptions): Promise<JobScheduler> => {
      const scheduler = subject.replica(queue, options);
      for (const kind of [note, other]) {
        scheduler.handle(kind, async (data, run) => void runs.push({ ...run, data, startedAt: Date.now() }));
      }
      return start(scheduler);
    };

    const ids = (runs: readonly Run[]): string[] => runs.map(({ id }) => id);

    /** Resolves when all that was to run by now has run: a job that comes last has run. */
    const quiet = async (scheduler: JobScheduler, runs: readonly Run[], after = 0): Promise<void> => {
      await scheduler.schedule(other, { id: 'the last', at: soon(after), data: '' });
      await until('the last job runs', () => ids(runs).includes('the last'));
    };

    /** A process that took a job in hand and will never end it. */
    const victim = async (): Promise<{
      says: (line: string) => Promise<void>;
      kill: () => Promise<void>;
    }> => {
      const child = spawn(process.execPath, subject.victim(queue), { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
      const says = (line: string): Promise<void> =>
        until(`the victim says ${line}`, () => lines.includes(line));
      await says('started');
      return {
        says,
        kill: async () => {
          child.kill('SIGKILL');
          await until('the victim is dead', () => child.exitCode !== null || child.signalCode !== null);
        },
      };
    };

    describe('a job', () => {
      test('runs at its instant, not before, and gets its data', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        const at = soon(500);
        await scheduler.schedule(note, { id: 'task', at, data: 'water the plants' });
        await until('it runs', () => runs.length > 0);
        expect(runs[0]).toMatchObject({ id: 'task', at, data: 'water the plants', attempt: 1 });
        expect(runs[0]!.startedAt).toBeGreaterThanOrEqual(Date.parse(at));
        expect(runs[0]!.startedAt).toBeLessThan(Date.parse(at) + 2_000);
      });

      test('runs at once when its instant has passed', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'late', at: '1999-12-31T23:59:59.999Z', data: '' });
        await until('it runs', () => runs.length > 0);
        expect(runs[0]!.at).toBe('1999-12-31T23:59:59.999Z');
      });

      test('waits for a process that can run it', async () => {
        const runs: Run[] = [];
        await (await producer()).schedule(note, { id: 'patient', at: soon(0), data: '' });
        await recorder(runs);
        await until('it runs', () => runs.length > 0);
        expect(ids(runs)).toEqual(['patient']);
      });

      test('may lie a thousand years ahead, and be cancelled', async () => {
        const scheduler = await producer();
        await scheduler.schedule(note, { id: 'far', at: '3026-11-21T09:30:00.000Z', data: '' });
        await scheduler.cancel(note, 'far');
      });

      test.each(['a:b', '0:', '42', '0', 'ünï😀', "'; drop table job; --", 'a/b', 'x'.repeat(200)])(
        'may have the id %j',
        async (id) => {
          const runs: Run[] = [];
          const scheduler = await recorder(runs);
          await scheduler.schedule(note, { id, at: soon(60_000), data: 'first' });
          await scheduler.schedule(note, { id, at: soon(0), data: 'second' });
          await quiet(scheduler, runs);
          expect(runs.filter((run) => run.id === id).map(({ data }) => data)).toEqual(['second']);
        },
      );

      test('has an id of its own kind: another kind may use the same', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'same', at: soon(20), data: 'a note' });
        await scheduler.schedule(other, { id: 'same', at: soon(20), data: 'another' });
        await until('both run', () => runs.length === 2);
        expect(runs.map(({ data }) => data).sort()).toEqual(['a note', 'another']);
      });

      test('gets any JSON back as it was', async () => {
        const seen: unknown[] = [];
        const kind: JobKind<unknown> = { name: 'any', data: { parse: (value) => value } };
        const scheduler = subject.replica(queue);
        scheduler.handle(kind, async (data) => void seen.push(data));
        await start(scheduler);
        const values = [
          null,
          0,
          'zero \u0000 and half a pair \ud83d',
          { deep: [{ x: 1e21, '': [] }] },
          false,
        ];
        for (const [index, data] of values.entries()) {
          await scheduler.schedule(kind, { id: `${index}`, at: soon(0), data });
          await until('it runs', () => seen.length > index);
        }
        expect(seen).toEqual(values);
      });
    });

    describe('a job that is scheduled anew', () => {
      test('runs once, at the later time, with the newer data', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'moved', at: soon(200), data: 'old' });
        const at = soon(600);
        await scheduler.schedule(note, { id: 'moved', at, data: 'new' });
        await quiet(scheduler, runs, 650);
        expect(runs.filter(({ id }) => id === 'moved')).toMatchObject([{ at, data: 'new' }]);
        expect(runs[0]!.startedAt).toBeGreaterThanOrEqual(Date.parse(at));
      });

      test('runs once, at the earlier time', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'moved', at: soon(900), data: 'old' });
        await scheduler.schedule(note, { id: 'moved', at: soon(100), data: 'new' });
        await quiet(scheduler, runs, 1_000);
        expect(runs.map(({ data }) => data)).toEqual(['new', '']);
      });

      test('is moved even when it is due and waits for a worker', async () => {
        const runs: Run[] = [];
        const scheduler = await producer();
        await scheduler.schedule(note, { id: 'due', at: soon(0), data: 'old' });
        const at = soon(700);
        await scheduler.schedule(note, { id: 'due', at, data: 'new' });
        await recorder(runs);
        await until('it runs', () => runs.length > 0);
        expect(runs).toMatchObject([{ at, data: 'new' }]);
      });

      test('takes the last of many changes at once', async () => {
        const runs: Run[] = [];
        const [one, two] = [await recorder(runs), await producer()];
        await Promise.all(
          Array.from({ length: 40 }, (_, n) =>
            (n % 2 ? one : two).schedule(note, { id: 'contested', at: soon(100 + 10 * n), data: `${n}` }),
          ),
        );
        await one.schedule(note, { id: 'contested', at: soon(800), data: 'last' });
        await quiet(one, runs, 900);
        expect(runs.at(-2)).toMatchObject({ data: 'last' });
        expect(runs.filter(({ data }) => data === 'last')).toHaveLength(1);
      });

      test('runs again when it is running, and that run is not tried again', async () => {
        const runs: Run[] = [];
        const scheduler = subject.replica(queue);
        scheduler.handle(note, async (data, run) => {
          runs.push({ ...run, data, startedAt: Date.now() });
          if (data === 'again') return;
          await scheduler.schedule(note, { id: run.id, at: soon(100), data: 'again' });
          throw new Error('too late to matter');
        });
        scheduler.handle(other, async (data, run) => void runs.push({ ...run, data, startedAt: Date.now() }));
        await start(scheduler);
        await scheduler.schedule(note, { id: 'busy', at: soon(0), data: 'first' });
        await until('it runs again', () => runs.some(({ data }) => data === 'again'));
        await quiet(scheduler, runs, 200);
        expect(runs.map(({ data }) => data)).toEqual(['first', 'again', '']);
        expect(await scheduler.failed()).toEqual([]);
      });
    });

    describe('a cancelled job', () => {
      test('never runs', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'cancelled', at: soon(200), data: '' });
        await scheduler.cancel(note, 'cancelled');
        await quiet(scheduler, runs, 300);
        expect(ids(runs)).toEqual(['the last']);
      });

      test('never runs, even when it is due and waits for a worker', async () => {
        const runs: Run[] = [];
        const scheduler = await producer();
        await scheduler.schedule(note, { id: 'due', at: soon(0), data: '' });
        await scheduler.cancel(note, 'due');
        await quiet(await recorder(runs), runs);
        expect(ids(runs)).toEqual(['the last']);
      });

      test('is not tried again when it is running', async () => {
        const runs: Run[] = [];
        const scheduler = subject.replica(queue);
        scheduler.handle(note, async (data, run) => {
          runs.push({ ...run, data, startedAt: Date.now() });
          await scheduler.cancel(note, run.id);
          throw new Error('too late to matter');
        });
        scheduler.handle(other, async (data, run) => void runs.push({ ...run, data, startedAt: Date.now() }));
        await start(scheduler);
        await scheduler.schedule(note, { id: 'running', at: soon(0), data: '' });
        await until('it runs', () => runs.length > 0);
        await quiet(scheduler, runs, 300);
        expect(ids(runs)).toEqual(['running', 'the last']);
        expect(await scheduler.failed()).toEqual([]);
      });

      test('can be scheduled again', async () => {
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await scheduler.schedule(note, { id: 'again', at: soon(5_000), data: 'old' });
        await scheduler.cancel(note, 'again');
        await scheduler.cancel(note, 'again');
        await scheduler.schedule(note, { id: 'again', at: soon(50), data: 'new' });
        await until('it runs', () => runs.length > 0);
        expect(runs).toMatchObject([{ id: 'again', data: 'new' }]);
      });
    });

    describe('a failing job', () => {
      test('is tried again, then listed, and can be run again', async () => {
        const reports: JobReport[] = [];
        const attempts: number[] = [];
        let broken = true;
        const scheduler = subject.replica(queue, { hooks: { ended: (report) => reports.push(report) } });
        scheduler.handle(note, async (_data, { attempt }) => {
          attempts.push(attempt);
          if (broken) throw new Error('no ink');
        });
        await start(scheduler);
        const at = soon(0);
        await scheduler.schedule(note, { id: 'broken:1', at, data: '' });
        await until('it is listed', async () => (await scheduler.failed()).length > 0);
        const [failed] = await scheduler.failed();
        expect(failed).toMatchObject({ name: 'note', id: 'broken:1', at, attempts: tries, reason: 'no ink' });
        expect(Date.parse(failed!.failedAt)).toBeGreaterThanOrEqual(Date.parse(at));

        broken = false;
        await scheduler.retry(failed!.key);
        await until('it has run', () => reports.some(({ outcome }) => outcome === 'done'));
        expect(attempts).toEqual([1, 2, 3, 1]);
        expect(reports.map(({ outcome }) => outcome)).toEqual(['retrying', 'retrying', 'failed', 'done']);
        expect(await scheduler.failed()).toEqual([]);
      });

      test('doesn’t keep its id from being scheduled again', async () => {
        const seen: string[] = [];
        const scheduler = subject.replica(queue);
        scheduler.handle(note, async (data) => {
          seen.push(data);
          if (data === 'bad') throw new Error('bad');
        });
        await start(scheduler);
        await scheduler.schedule(note, { id: 'twice', at: soon(0), data: 'bad' });
        await until('it failed', async () => (await scheduler.failed()).length === 1);
        await scheduler.schedule(note, { id: 'twice', at: soon(0), data: 'good' });
        await until('it runs', () => seen.includes('good'));
        expect(await scheduler.failed()).toHaveLength(1);
      });

      test('is one whose data can’t be read, too', async () => {
        const seen: unknown[] = [];
        const parse = (value: unknown): never => {
          throw new TypeError(`${String(value)} is of another release`);
        };
        const scheduler = subject.replica(queue);
        scheduler.handle({ name: 'note', data: { parse } }, async (data) => void seen.push(data));
        await start(scheduler);
        await scheduler.schedule(note, { id: 'old', at: soon(0), data: 'this' });
        await until('it failed', async () => (await scheduler.failed()).length === 1);
        expect(seen).toEqual([]);
        expect(await scheduler.failed()).toMatchObject([{ id: 'old', reason: 'this is of another release' }]);
      });

      test('is one that nobody handles, too', async () => {
        const scheduler = subject.replica(queue);
        scheduler.handle(other, async () => {});
        await start(scheduler);
        await scheduler.schedule(note, { id: 'new', at: soon(0), data: '' });
        await until('it failed', async () => (await scheduler.failed()).length === 1);
        expect((await scheduler.failed())[0]!.reason).toMatch('nothing handles note');
      });

      test('is listed in pages, the newest first', async () => {
        const scheduler = subject.replica(queue, { concurrency: 1 });
        scheduler.handle(note, async () => {
          throw new Error('no');
        });
        await start(scheduler);
        for (const id of ['1', '2', '3']) {
          await scheduler.schedule(note, { id, at: soon(0), data: '' });
          await until('it failed', async () => (await scheduler.failed()).some((job) => job.id === id));
        }
        const page = async (offset: number) =>
          (await scheduler.failed({ offset, limit: 2 })).map(({ id }) => id);
        expect([await page(0), await page(2), await page(4)]).toEqual([['3', '2'], ['1'], []]);
      });

      test('can’t be retried when it isn’t there, or isn’t failed', async () => {
        let first = true;
        const scheduler = subject.replica(queue);
        const { promise: never, resolve: release } = Promise.withResolvers<void>();
        scheduler.handle(note, async (_data, { attempt }) => {
          first = first && attempt <= tries;
          if (first) throw new Error('no');
          await never;
        });
        await start(scheduler);
        await expect(scheduler.retry('no-such-key')).rejects.toMatchObject({ code: 'not_found' });
        await scheduler.schedule(note, { id: 'one', at: soon(0), data: '' });
        await until('it failed', async () => (await scheduler.failed()).length === 1);
        const { key } = (await scheduler.failed())[0]!;
        first = false;
        await scheduler.retry(key);
        await expect(scheduler.retry(key)).rejects.toMatchObject({ code: 'conflict' });
        release();
      });
    });

    describe('what recurs', () => {
      const ticker = (ticks: JobRun[], every = 200, options?: ReplicaOptions): JobScheduler => {
        const scheduler = subject.replica(queue, options);
        scheduler.every('tick', { every }, async (run) => void ticks.push(run));
        return scheduler;
      };
      const times = (ticks: readonly JobRun[]): number[] => ticks.map(({ at }) => Date.parse(at)).sort();
      const gaps = (ticks: readonly JobRun[]): number[] =>
        times(ticks)
          .slice(1)
          .map((time, index) => time - times(ticks)[index]!);

      test('runs once per tick, however many replicas say it', async () => {
        const ticks: JobRun[] = [];
        const replicas = [ticker(ticks), ticker(ticks), ticker(ticks)];
        await Promise.all(replicas.map(start));
        await until('8 ticks', () => ticks.length >= 8);
        expect(new Set(times(ticks)).size).toBe(ticks.length);
        expect(gaps(ticks).every((gap) => gap % 200 === 0)).toBe(true);
        expect(ticks[0]!.id).toBe(`tick@${ticks[0]!.at}`);
      });

      test('is agreed on by replicas that start at the same moment', async () => {
        for (let round = 0; round < 5; round++) {
          const replicas = Array.from({ length: 6 }, () => subject.replica(`${queue}-${round}`));
          for (const replica of replicas)
            for (const name of ['nightly', 'weekly', 'monthly'])
              replica.every(name, { cron: '17 3 * * *', zone: 'UTC' }, async () => {});
          await Promise.all(replicas.map(start));
          await Promise.all(replicas.map((replica) => replica.stop()));
        }
      });

      test('keeps its ticks over a restart', async () => {
        const ticks: JobRun[] = [];
        const first = await start(ticker(ticks));
        await until('2 ticks', () => ticks.length >= 2);
        await first.stop();
        await start(ticker(ticks));
        await until('5 ticks', () => ticks.length >= 5);
        expect(gaps(ticks).every((gap) => gap % 200 === 0)).toBe(true);
        expect(new Set(times(ticks)).size).toBe(ticks.length);
      });

      test('makes up for missed ticks once', async () => {
        const ticks: JobRun[] = [];
        const first = await start(ticker(ticks));
        await until('2 ticks', () => ticks.length >= 2);
        await first.stop();
        const missed = times(ticks).at(-1)! + 200;
        await until('5 ticks are missed', () => Date.now() > missed + 4 * 200);
        const back = Date.now();
        const before = ticks.length;
        await start(ticker(ticks));
        await until('3 more ticks', () => ticks.length >= before + 3);
        const late = times(ticks).filter((time) => time >= missed && time < back);
        expect(late).toEqual([missed]);
      });

      test('takes its new rhythm, and ends when nobody says it any more', async () => {
        const ticks: JobRun[] = [];
        const first = await start(ticker(ticks));
        await until('2 ticks', () => ticks.length >= 2);
        await first.stop();
        const slower: JobRun[] = [];
        const second = await start(ticker(slower, 300));
        await until('3 slower ticks', () => slower.length >= 4);
        expect(gaps(slower.slice(1)).every((gap) => gap % 300 === 0)).toBe(true);
        await second.stop();

        const runs: Run[] = [];
        const reports: JobReport[] = [];
        const third = await recorder(runs, { hooks: { ended: (report) => reports.push(report) } });
        await quiet(third, runs, 700);
        expect(reports.filter(({ name }) => name === 'tick').length).toBeLessThanOrEqual(1); // due already: skipped
        expect(reports.every(({ outcome }) => outcome === 'done' || outcome === 'skipped')).toBe(true);
      });

      test('goes on after the queue lost everything', async () => {
        const ticks: JobRun[] = [];
        await start(ticker(ticks));
        await until('2 ticks', () => ticks.length >= 2);
        await subject.loseEverything(queue);
        const before = ticks.length;
        await until('3 more ticks', () => ticks.length >= before + 3);
        expect(gaps(ticks).every((gap) => gap % 200 === 0)).toBe(true);
      });

      test('is tried again when it fails, beside its next ticks', async () => {
        const attempts = new Map<string, number>();
        const scheduler = subject.replica(queue);
        scheduler.every('tick', { every: 200 }, async ({ id, attempt }) => {
          attempts.set(id, attempt);
          if (attempts.size === 1) throw new Error('only the first');
        });
        await start(scheduler);
        await until('the first failed', async () => (await scheduler.failed()).length === 1);
        await until('4 ticks', () => attempts.size >= 4);
        expect([...attempts.values()].slice(1)).toEqual(Array.from({ length: attempts.size - 1 }, () => 1));
        expect(await scheduler.failed()).toMatchObject([{ name: 'tick', id: [...attempts.keys()][0] }]);
      });

      test('runs by cron on the wall clock of its zone', async () => {
        const zone = 'Asia/Kathmandu'; // 5 h 45 min ahead, whatever the season
        const inZone = (millis: number): Date => new Date(millis + (5 * 60 + 45) * 60_000);
        const at = Math.ceil((Date.now() + 1_000) / 1_000) * 1_000;
        const wall = inZone(at);
        const cron = `${wall.getUTCSeconds()} ${wall.getUTCMinutes()} ${wall.getUTCHours()} * * *`;
        const ticks: JobRun[] = [];
        const scheduler = subject.replica(queue);
        scheduler.every('daily', { cron, zone }, async (run) => void ticks.push(run));
        await start(scheduler);
        await until('it runs', () => ticks.length > 0);
        expect(ticks).toMatchObject([{ at: new Date(at).toISOString() }]);
      });
    });

    describe('replicas', () => {
      test('share jobs: each runs once, and all have a part', async () => {
        const runs: Run[] = [];
        const parts = new Map<number, number>();
        const both = Promise.withResolvers<void>();
        for (const replica of [1, 2]) {
          const scheduler = subject.replica(queue, { concurrency: 1 });
          scheduler.handle(note, async (data, run) => {
            runs.push({ ...run, data, startedAt: Date.now() });
            parts.set(replica, (parts.get(replica) ?? 0) + 1);
            if (parts.size === 2) both.resolve();
            await both.promise; // so neither can take all
          });
          await start(scheduler);
        }
        const scheduler = await producer();
        const wanted = Array.from({ length: 60 }, (_, n) => `job-${n}`);
        await Promise.all(wanted.map((id) => scheduler.schedule(note, { id, at: soon(50), data: '' })));
        await until('all ran', () => runs.length >= wanted.length);
        expect(ids(runs).sort()).toEqual(wanted.sort());
        expect(parts.size).toBe(2);
      });

      test('have no more jobs in hand than they said', async () => {
        let now = 0;
        let most = 0;
        let done = 0;
        const scheduler = subject.replica(queue, { concurrency: 3 });
        scheduler.handle(note, async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 20));
          now--;
          done++;
        });
        await start(scheduler);
        await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            scheduler.schedule(note, { id: `${n}`, at: soon(0), data: '' }),
          ),
        );
        await until('all ran', () => done === 20);
        expect(most).toBe(3);
      });

      test('take 10,000 jobs of one instant, each once', async () => {
        const seen = new Map<string, number>();
        const scheduler = subject.replica(queue, { concurrency: 16 });
        scheduler.handle(note, async (_data, { id }) => void seen.set(id, (seen.get(id) ?? 0) + 1));
        const scheduling = await producer();
        const at = soon(0);
        const left = Array.from({ length: 10_000 }, (_, n) => `${n}`);
        const schedule = async (): Promise<void> => {
          for (let id = left.pop(); id !== undefined; id = left.pop()) {
            await scheduling.schedule(note, { id, at, data: '' });
          }
        };
        await Promise.all(Array.from({ length: 16 }, schedule));
        await start(scheduler);
        await until('all ran', () => seen.size === 10_000, 60_000);
        expect(new Set(seen.values())).toEqual(new Set([1]));
      }, 120_000);
    });

    describe('a process that is killed', () => {
      test('while a job runs: the job starts again elsewhere', async () => {
        const recovered: string[] = [];
        const { says, kill } = await victim();
        await (await producer()).schedule(note, { id: 'in hand', at: soon(0), data: 'still here' });
        await says('running in hand');
        await kill();
        const runs: Run[] = [];
        await recorder(runs, { hooks: { recovered: (key) => recovered.push(key) } });
        await until('it runs again', () => runs.length > 0);
        expect(runs).toMatchObject([{ id: 'in hand', data: 'still here', attempt: 2 }]);
        await until('that is told', () => recovered.length === 1);
      });

      test('before a job is due: the job runs elsewhere, once', async () => {
        const { kill } = await victim();
        const at = soon(500);
        await (await producer()).schedule(note, { id: 'to come', at, data: '' });
        await kill();
        const runs: Run[] = [];
        const scheduler = await recorder(runs);
        await until('it runs', () => runs.length > 0);
        await quiet(scheduler, runs, 2 * recovery);
        expect(runs).toMatchObject([{ id: 'to come', at, attempt: 1 }, { id: 'the last' }]);
      });
    });

    describe('stop', () => {
      test('waits for jobs in hand, and takes no more', async () => {
        const { promise: finish, resolve } = Promise.withResolvers<void>();
        const log: string[] = [];
        const scheduler = subject.replica(queue, { concurrency: 1 });
        scheduler.handle(note, async (_data, { id }) => {
          log.push(`begins ${id}`);
          await finish;
          log.push(`ends ${id}`);
        });
        await start(scheduler);
        await scheduler.schedule(note, { id: '1', at: soon(0), data: '' });
        await until('it begins', () => log.length > 0);
        const stopped = scheduler.stop().then(() => log.push('stopped'));
        const elsewhere = await producer();
        await elsewhere.schedule(note, { id: '2', at: soon(0), data: '' });
        resolve();
        await stopped;
        expect(log).toEqual(['begins 1', 'ends 1', 'stopped']);
        expect(await elsewhere.failed()).toEqual([]);
      });

      test('aborts a job that takes too long, and leaves one behind that doesn’t listen', async () => {
        const log: string[] = [];
        const scheduler = subject.replica(queue, { patience: 50 });
        scheduler.handle(note, async (data, { signal }) => {
          log.push(`begins ${data}`);
          const { promise, reject } = Promise.withResolvers<never>();
          signal.addEventListener('abort', () => {
            log.push(`abort ${data}`);
            if (data === 'polite') reject(new Error('aborted'));
          });
          await promise;
        });
        await start(scheduler);
        await scheduler.schedule(note, { id: '1', at: soon(0), data: 'polite' });
        await scheduler.schedule(note, { id: '2', at: soon(0), data: 'deaf' });
        await until('both begin', () => log.length === 2);
        await scheduler.stop();
        expect(log.slice(2).sort()).toEqual(['abort deaf', 'abort polite']);

        const runs: Run[] = [];
        await recorder(runs);
        await until('both run elsewhere', () => runs.length === 2);
        expect(runs.map(({ data, attempt }) => [data, attempt]).sort()).toEqual([
          ['deaf', 2],
          ['polite', 2],
        ]);
      });

      test('can come twice, and first', async () => {
        await subject.replica(queue).stop();
        const scheduler = await producer();
        await Promise.all([scheduler.stop(), scheduler.stop()]);
        await expect(scheduler.schedule(note, { id: '1', at: soon(0), data: '' })).rejects.toThrow('start');
      });
    });

    describe('refuses', () => {
      test.each<[string, Instant]>([
        ['a date that doesn’t exist', '2026-02-30T09:00:00.000Z'],
        ['an hour that doesn’t exist', '2026-02-20T25:00:00.000Z'],
        ['a local time', '2026-02-20T09:00:00.000'],
        ['another offset', '2026-02-20T09:00:00.000+01:00'],
        ['a date', '2026-02-20'],
        ['words', 'tomorrow'],
        ['nothing', ''],
      ])('%s as an instant', async (_what, at) => {
        const scheduler = await producer();
        await expect(scheduler.schedule(note, { id: 'x', at, data: '' })).rejects.toThrow(RangeError);
      });

      test.each([
        ['nothing', ''],
        ['a NUL', 'a\u0000b'],
        ['a line break', 'a\nb'],
        ['half a pair', '\ud83d'],
        ['201 characters', 'x'.repeat(201)],
      ])('%s as an id', async (_what, id) => {
        const scheduler = await producer();
        await expect(scheduler.schedule(note, { id, at: soon(0), data: '' })).rejects.toThrow(RangeError);
        await expect(scheduler.cancel(note, id)).rejects.toThrow(RangeError);
      });

      test('data that is no JSON, or too much', async () => {
        const kind: JobKind<unknown> = { name: 'any', data: { parse: (value) => value } };
        const scheduler = await producer();
        for (const data of [undefined, () => {}, 'x'.repeat(16 * 1024)]) {
          await expect(scheduler.schedule(kind, { id: 'x', at: soon(0), data })).rejects.toThrow(RangeError);
        }
      });

      test.each(['', 'Upper', 'with space', 'a:b', '1st', 'x'.repeat(65)])('%j as a name', (bad) => {
        const scheduler = subject.replica(queue);
        expect(() => scheduler.handle({ ...note, name: bad }, async () => {})).toThrow(RangeError);
        expect(() => scheduler.every(bad, { every: 1_000 }, async () => {})).toThrow(RangeError);
      });

      test.each([0, -1, 99, 1.5, NaN, Infinity])('%d ms as a period', (every) => {
        expect(() => subject.replica(queue).every('tick', { every }, async () => {})).toThrow(RangeError);
      });

      test('a zone that doesn’t exist', () => {
        const rhythm = { cron: '0 3 * * *', zone: 'Europe/Atlantis' };
        expect(() => subject.replica(queue).every('tick', rhythm, async () => {})).toThrow(
          /Europe\/Atlantis/,
        );
      });

      test.each(['', 'daily', '0 3 * *', '* * * * * * *'])('%j as a cron pattern', (cron) => {
        const rhythm = { cron, zone: 'UTC' };
        expect(() => subject.replica(queue).every('tick', rhythm, async () => {})).toThrow(RangeError);
      });

      test.each(['61 * * * *', 'a b c d e', '0 0 31 2 *'])(
        'to start with the cron pattern %j',
        async (cron) => {
          const scheduler = subject.replica(queue);
          scheduler.every('tick', { cron, zone: 'UTC' }, async () => {});
          await expect(start(scheduler)).rejects.toThrow();
        },
      );

      test('two handlers for one name, and handlers that come too late', async () => {
        const scheduler = subject.replica(queue);
        scheduler.handle(note, async () => {});
        expect(() => scheduler.every('note', { every: 1_000 }, async () => {})).toThrow('note');
        await start(scheduler);
        expect(() => scheduler.handle(other, async () => {})).toThrow('before');
      });
    });
  });
}
