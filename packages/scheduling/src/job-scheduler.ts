import type { Instant } from '@almanac/kernel';

/**
 * A kind of job: its name, and how its data is read back. A zod schema fits as `data`.
 *
 * Reading may fail: a job can have been scheduled by an older release, or by a newer one before a
 * rollback. Such a job fails and is listed, it isn't run on a guess.
 */
export interface JobKind<Data> {
  /** Lower case with hyphens, unique within a scheduler: `fire-reminder`. */
  readonly name: string;
  readonly data: { parse(value: unknown): Data };
}

/** A job that runs once. */
export interface Job<Data> {
  /** Whose job it is, e.g. the reminder's id: up to 200 characters, whichever, but no control characters. */
  readonly id: string;
  /** An instant that has passed means: now. */
  readonly at: Instant;
  /** JSON, 16 KiB at most. Give ids, not content: the handler reads the rows, which may have changed. */
  readonly data: Data;
}

/** When a recurring job runs. A tick missed while nobody was there is made up for once, not many times. */
export type Rhythm =
  /** A period in ms, 100 at least. The phase follows from the name, so that the schedulers of a product don't all wake at once. */
  | { readonly every: number }
  /**
   * Five fields, or six with seconds first, on the wall clock of an IANA zone. A time that the clock
   * skips in spring comes an hour later; one that it shows twice in autumn comes once.
   */
  | { readonly cron: string; readonly zone: string };

/** One run of a job. */
export interface JobRun {
  /** As scheduled; for a recurring job its name and its tick, the same on every replica. */
  readonly id: string;
  /** When it was to run. */
  readonly at: Instant;
  /** 1 for the first start; a start that a crash cut short counts too. */
  readonly attempt: number;
  /** Aborted when the scheduler stops and has no more patience. */
  readonly signal: AbortSignal;
}

/** A throw means: again, later. */
export type JobHandler<Data> = (data: Data, run: JobRun) => Promise<void>;

/** A job that failed at its last try. */
export interface FailedJob {
  /** What {@link JobScheduler.retry} takes. The same job can fail, be scheduled anew and fail again. */
  readonly key: string;
  readonly name: string;
  readonly id: string;
  readonly at: Instant;
  readonly failedAt: Instant;
  /** Starts, those that a crash cut short included. */
  readonly attempts: number;
  /** The last error's message. */
  readonly reason: string;
}

/**
 * Runs code at an instant, or again and again.
 *
 * What it promises:
 * - **At least once.** A job whose process dies starts again elsewhere; a handler that was done but
 *   couldn't say so runs twice. Handlers make their effect idempotent, or in one transaction with a
 *   check of the row they act on.
 * - **It is a wake-up, not the truth.** What shall happen stands in rows of the owner, which also
 *   sweeps them now and then and schedules anew what is overdue: a queue can lose jobs (Redis without
 *   persistence, a restored backup). Handlers re-read their row and do nothing when it says so.
 * - **No order**, between jobs or between a job and its successor of the same id.
 * - **Late, never early.** By the clock of the process that runs it.
 */
export interface JobScheduler {
  /** Says who runs a kind of job; before `start`. */
  handle<Data>(kind: JobKind<Data>, handler: JobHandler<Data>): void;

  /**
   * Says that something recurs; before `start`. All replicas say the same, and each tick runs on one
   * of them. Ticks don't wait for each other: one that takes longer than its period meets the next.
   * What is no longer said ends with the next start.
   */
  every(name: string, rhythm: Rhythm, handler: (run: JobRun) => Promise<void>): void;

  /** Connects, and begins to run jobs if it has handlers. Only then can jobs be scheduled. */
  start(): Promise<void>;

  /**
   * Takes no more jobs and waits for those in hand, up to a limit; then aborts their signals, and soon
   * after leaves them behind, to start again elsewhere.
   */
  stop(): Promise<void>;

  /**
   * Schedules a job. If one of this kind and id is there, this one takes its place: the last wins. One
   * that is running meanwhile ends its run, but isn't tried again. Saying it twice does no harm.
   *
   * @throws RangeError when the instant isn't one, or id or data aren't fit; otherwise the store is away
   */
  schedule<Data>(kind: JobKind<Data>, job: Job<Data>): Promise<void>;

  /** Takes a job back. One that is running ends its run, but isn't tried again. Without one, nothing happens. */
  cancel(kind: JobKind<unknown>, id: string): Promise<void>;

  /** Jobs that failed, the newest first; kept for 30 days. */
  failed(page?: { readonly offset?: number; readonly limit?: number }): Promise<FailedJob[]>;

  /**
   * Tries a failed job again, now, with all its tries.
   * @throws AppError `not_found`; `conflict` when it isn't failed any more
   */
  retry(key: string): Promise<void>;
}

/** What happened to a job that was taken in hand. */
export interface JobReport {
  readonly name: string;
  /** `skipped`: it was replaced or cancelled while it ran, or nobody wants its tick any more. */
  readonly outcome: 'done' | 'retrying' | 'failed' | 'skipped';
  /** 1 for the first start. */
  readonly attempt: number;
  /** From start to end, ms. */
  readonly duration: number;
  /** From the instant it was to run to this start, ms; for a retry that includes the tries before. */
  readonly lateness: number;
}

/** Where figures and complaints go. They must not throw. */
export interface SchedulerHooks {
  readonly ended?: (report: JobReport) => void;
  /** A job was found whose process had died; it starts again. */
  readonly recovered?: (key: string) => void;
  /** Something of the queue's own failed, such as its connection; it goes on by itself. */
  readonly troubled?: (error: Error) => void;
}
