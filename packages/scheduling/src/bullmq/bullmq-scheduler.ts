import { randomUUID } from 'node:crypto';
import { AppError, notFound, type Instant } from '@almanac/kernel';
import type { JobSchedulerJson, RepeatOptions } from 'bullmq';
import { checkId, checkName, checkRhythm, epochMillis, toJson } from '../checks';
import type {
  FailedJob,
  Job,
  JobHandler,
  JobKind,
  JobReport,
  JobRun,
  JobScheduler,
  Rhythm,
  SchedulerHooks,
} from '../job-scheduler';
import { phaseOf } from '../phase';
import type { BullmqStore, Ended, JobQueue, JobWorker, StoredJob } from './store';

export interface BullmqSchedulerOptions {
  readonly store: BullmqStore;
  /** The queue's name, without colons: one per service, shared by its replicas. */
  readonly queue: string;
  /** Jobs at once in this process. */
  readonly concurrency?: number;
  /** Tries in all, and ms before the second; that doubles with each, and half of it is random. */
  readonly retry?: { readonly attempts: number; readonly firstDelay: number };
  /** A job whose process died starts again after this many ms, or up to twice as many. */
  readonly recoverAfter?: number;
  /** How often the queue is asked whether it still knows what recurs, ms. */
  readonly repairEvery?: number;
  /** How long `stop` waits for running jobs, ms. */
  readonly patience?: number;
  readonly hooks?: SchedulerHooks;
}

/** How long BullMQ keeps failed jobs, s. */
const keepFailed = 30 * 24 * 60 * 60;
/** How many of BullMQ's own events are kept; nobody here reads them. */
const keepEvents = 500;
/** How many of its processes may die on a job before it counts as the cause, and fails. */
const maxCrashes = 8;
/** How long an idle worker sleeps without looking, s. It listens, so this is for what it didn't hear. */
const longestSleep = 30;
/** How long a worker waits after trouble with its store, ms. */
const breath = 1_000;
/** How long aborted jobs have to end before they are left behind, ms. */
const lastWords = 1_000;

/**
 * Jobs by BullMQ.
 *
 * How its terms are used:
 * - One queue and one worker per service, however many kinds of jobs: each worker costs a connection
 *   and wakes up now and then.
 * - A job's key in the queue is random; its kind and id are its *deduplication id*, with `replace`:
 *   so a job takes the place of its predecessor in one atomic step, which `remove` and `add` are not.
 *   As key, an id couldn't have a colon, and while the job is among the failed it would swallow new ones.
 * - What recurs is a job scheduler of BullMQ's. Each of its ticks schedules the next, and that chain
 *   can break (taskforcesh/bullmq#3272), so `repair` looks after it.
 */
export class BullmqScheduler implements JobScheduler {
  private readonly handlers = new Map<string, (job: StoredJob, run: JobRun) => Promise<void>>();
  private readonly rhythms = new Map<string, Rhythm>();
  private readonly hooks: SchedulerHooks;
  private queue: JobQueue | undefined;
  private worker: JobWorker | undefined;
  private repairs: NodeJS.Timeout | undefined;

  constructor(private readonly options: BullmqSchedulerOptions) {
    checkName(options.queue);
    this.hooks = options.hooks ?? {};
  }

  handle<Data>(kind: JobKind<Data>, handler: JobHandler<Data>): void {
    this.register(kind.name, ({ data: { json } }, run) => handler(kind.data.parse(JSON.parse(json)), run));
  }

  every(name: string, rhythm: Rhythm, handler: (run: JobRun) => Promise<void>): void {
    checkRhythm(name, rhythm);
    this.register(name, (_job, run) => handler(run));
    this.rhythms.set(name, rhythm);
  }

  private register(name: string, handler: (job: StoredJob, run: JobRun) => Promise<void>): void {
    checkName(name);
    if (this.queue) throw new Error(`${name}: say who handles it before the scheduler starts`);
    if (this.handlers.has(name)) throw new Error(`${name} has a handler already`);
    this.handlers.set(name, handler);
  }

  async start(): Promise<void> {
    if (this.queue) throw new Error('the scheduler has started already');
    const { store, queue: name, retry = { attempts: 8, firstDelay: 1_000 } } = this.options;
    this.queue = store.queue(name, {
      defaultJobOptions: {
        attempts: retry.attempts,
        backoff: { type: 'exponential', delay: retry.firstDelay, jitter: 0.5 },
        removeOnComplete: true,
        removeOnFail: { age: keepFailed },
      },
      streams: { events: { maxLen: keepEvents } },
    });
    this.queue.on('error', this.troubled);
    try {
      await this.queue.waitUntilReady();
      if (this.handlers.size > 0) await this.startWorker(store, name);
    } catch (error) {
      await this.stop(); // BullMQ never tries a first connection again: begin anew
      throw error;
    }
  }

  private async startWorker(store: BullmqStore, name: string): Promise<void> {
    const { concurrency = 8, recoverAfter = 15_000, repairEvery = 60_000 } = this.options;
    // Three parameters: BullMQ counts them to know whether a signal is wanted.
    const worker = store.worker(name, (job, _token, signal) => this.run(job, signal!), {
      autorun: false,
      concurrency,
      lockDuration: recoverAfter,
      stalledInterval: recoverAfter / 2,
      maxStalledCount: maxCrashes,
      drainDelay: longestSleep,
      runRetryDelay: breath,
    });
    this.worker = worker;
    worker.on('error', (error) => {
      this.troubled(error);
      takeBreath(worker);
    });
    worker.on('stalled', (key) => this.hooks.recovered?.(key));
    worker.on('completed', (job, ended) => this.report(job, ended));
    worker.on('failed', (job) => job && this.report(job, job.finishedOn ? 'failed' : 'retrying'));
    await worker.waitUntilReady();
    await this.repair();
    void worker.run().catch(this.troubled);
    if (this.rhythms.size === 0) return;
    this.repairs = setInterval(() => void this.repair().catch(this.troubled), repairEvery);
    this.repairs.unref();
  }

  async stop(): Promise<void> {
    const { queue, worker } = this;
    this.queue = this.worker = undefined;
    clearInterval(this.repairs);
    if (worker) await this.drain(worker);
    await queue?.close();
  }

  private async drain(worker: JobWorker): Promise<void> {
    const closed = worker.close();
    if (await within(this.options.patience ?? 10_000, closed)) return;
    worker.cancelAllJobs('the scheduler stops');
    if (await within(lastWords, closed)) return;
    await worker.disconnect(); // now no run can report any more, and its lock runs out
  }

  async schedule<Data>(kind: JobKind<Data>, { id, at, data }: Job<Data>): Promise<void> {
    checkId(id);
    const due = epochMillis(at);
    const job = { id, at, json: toJson(kind.name, data) };
    const deduplication = { id: place(kind, id), replace: true };
    const queue = this.started();
    for (;;) {
      const key = randomUUID();
      const timestamp = Date.now();
      const delay = Math.max(0, due - timestamp);
      const holder = await queue.add(kind.name, job, { jobId: key, timestamp, delay, deduplication });
      if (holder.id === key) return;
      // Its place is held by a job that is no longer waiting for its time, but for a worker, or running.
      await this.vacate(holder.id!);
    }
  }

  async cancel(kind: JobKind<unknown>, id: string): Promise<void> {
    checkId(id);
    const holder = await this.started().getDeduplicationJobId(place(kind, id));
    if (holder !== null) await this.vacate(holder);
  }

  /** Removes a job; when it is running, sees to it that this run is its last, and frees its place. */
  private async vacate(key: string): Promise<void> {
    const queue = this.started();
    if ((await queue.remove(key)) > 0) return;
    const job = await queue.getJob(key);
    if (!job) return;
    await job.updateData({ ...job.data, superseded: true }).catch(unlessGone);
    await job.removeDeduplicationKey();
  }

  async failed({ offset = 0, limit = 50 }: { offset?: number; limit?: number } = {}): Promise<FailedJob[]> {
    const jobs = await this.started().getFailed(offset, offset + limit - 1);
    return jobs.map((job) => ({
      ...identify(job),
      key: job.id!,
      name: job.name,
      failedAt: toInstant(job.finishedOn!),
      attempts: job.attemptsStarted,
      reason: job.failedReason,
    }));
  }

  async retry(key: string): Promise<void> {
    const job = await this.started().getJob(key);
    if (!job) throw notFound('failed job');
    try {
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    } catch (error) {
      throw new AppError('conflict', `${job.name} ${identify(job).id} isn’t failed any more.`, {
        cause: error,
      });
    }
  }

  private async run(job: StoredJob, signal: AbortSignal): Promise<Ended> {
    const handler = this.handlers.get(job.name);
    if (job.data.superseded || (isTick(job) && !handler)) return 'skipped';
    if (!handler) throw new Error(`nothing handles ${job.name} here; is it a job of a newer release?`);
    await handler(job, { ...identify(job), attempt: job.attemptsStarted, signal });
    return 'done';
  }

  /**
   * Makes what recurs in the queue what was said here: adds what is missing or has lost its next tick,
   * changes what is another rhythm, ends what nobody says any more. Touches nothing else: saying it
   * again to BullMQ would throw away a tick that is due.
   */
  private async repair(): Promise<void> {
    const queue = this.started();
    const known = new Map((await queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
    for (const [name, rhythm] of this.rhythms) {
      const repeat = repeatOptions(name, rhythm);
      if (!(await this.recurs(known.get(name), repeat)))
        await queue.upsertJobScheduler(name, repeat, { name }).catch(unlessThere);
      known.delete(name);
    }
    for (const name of known.keys()) await queue.removeJobScheduler(name);
  }

  private async recurs(
    known: JobSchedulerJson | undefined,
    { every, pattern, tz }: Repeat,
  ): Promise<boolean> {
    if (!known || known.every !== every || known.pattern !== pattern || known.tz !== tz) return false;
    const next = await this.started().getJobState(`repeat:${known.key}:${known.next}`);
    return next === 'delayed' || next === 'waiting' || next === 'active';
  }

  private report(job: StoredJob, outcome: JobReport['outcome']): void {
    const started = job.processedOn!;
    this.hooks.ended?.({
      name: job.name,
      outcome,
      attempt: job.attemptsStarted,
      duration: Date.now() - started,
      lateness: Math.max(0, started - Date.parse(identify(job).at)),
    });
  }

  private readonly troubled = (error: Error): void => this.hooks.troubled?.(error);

  private started(): JobQueue {
    if (!this.queue) throw new Error('start the scheduler first');
    return this.queue;
  }
}

/**
 * Lets a worker wait a moment before it asks for jobs again. BullMQ waits only when nobody answers:
 * a database that refuses (too many connections, shutting down) it asks a hundred times a second.
 */
function takeBreath(worker: JobWorker): void {
  if (worker.isPaused()) return;
  void worker.pause(true);
  setTimeout(() => void worker.resume(), breath).unref();
}

/** What a job holds at most once. */
const place = ({ name }: JobKind<unknown>, id: string): string => `${name}/${id}`;

const toInstant = (millis: number): Instant => new Date(millis).toISOString();

const isTick = (job: StoredJob): boolean => job.repeatJobKey !== undefined;

function identify(job: StoredJob): { id: string; at: Instant } {
  if (!isTick(job)) return { id: job.data.id, at: job.data.at };
  const at = toInstant(Number(job.id!.slice(job.id!.lastIndexOf(':') + 1))); // `repeat:<name>:<ms>`
  return { id: `${job.name}@${at}`, at };
}

type Repeat = Pick<RepeatOptions, 'every' | 'offset' | 'pattern' | 'tz'>;

const repeatOptions = (name: string, rhythm: Rhythm): Repeat =>
  'cron' in rhythm
    ? { pattern: rhythm.cron, tz: rhythm.zone }
    : { every: rhythm.every, offset: phaseOf(name, rhythm.every) };

/** BullMQ's code for a job that isn't there. */
function unlessGone(error: Error & { code?: unknown }): void {
  if (error.code !== -1) throw error;
}

/** BullMQ's codes for a tick that is in the queue already: another replica said the same at the same moment. */
function unlessThere(error: Error & { code?: unknown }): void {
  if (error.code !== -10 && error.code !== -11) throw error;
}

/** Whether a promise settles within so many ms. */
async function within(limit: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, limit, false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
