import type { Job, Processor, Queue, QueueOptions, Worker, WorkerListener, WorkerOptions } from 'bullmq';
import type { Instant } from '@almanac/kernel';

/** What the queue keeps of a job that runs once; of a recurring one it keeps nothing. */
export interface Stored {
  readonly id: string;
  readonly at: Instant;
  readonly json: string;
  /** Another job took its place, or it was cancelled, while it ran. */
  readonly superseded?: true;
}

/** What a run of a job tells the queue. */
export type Ended = 'done' | 'skipped';

export type StoredJob = Job<Stored, Ended>;

/** As much of BullMQ's queue as the scheduler uses. */
export type JobQueue = Pick<
  Queue<Stored, Ended>,
  | 'add'
  | 'close'
  | 'getDeduplicationJobId'
  | 'getFailed'
  | 'getJob'
  | 'getJobSchedulers'
  | 'getJobState'
  | 'remove'
  | 'removeJobScheduler'
  | 'upsertJobScheduler'
  | 'waitUntilReady'
> & { on(event: 'error', listener: (error: Error) => void): unknown };

/** As much of BullMQ's worker as the scheduler uses. */
export type JobWorker = Pick<
  Worker<Stored, Ended>,
  'cancelAllJobs' | 'close' | 'disconnect' | 'isPaused' | 'pause' | 'resume' | 'run' | 'waitUntilReady'
> & {
  on<Event extends keyof WorkerListener>(
    event: Event,
    listener: WorkerListener<Stored, Ended>[Event],
  ): unknown;
};

/** Where BullMQ keeps its jobs. The scheduler is the same on all of them: they differ in the connection. */
export interface BullmqStore {
  queue(name: string, options: Omit<QueueOptions, 'connection'>): JobQueue;
  worker(name: string, run: Processor<Stored, Ended>, options: Omit<WorkerOptions, 'connection'>): JobWorker;
}
