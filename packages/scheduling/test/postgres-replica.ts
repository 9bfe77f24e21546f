import { BullmqScheduler, postgresStore } from '../src';
import { recovery, tries, type ReplicaOptions } from './job-scheduler.conformance';

/** A scheduler that is in more of a hurry than in production, so that tests needn't wait. */
export const postgresReplica = (
  connectionString: string,
  queue: string,
  options: ReplicaOptions = {},
): BullmqScheduler =>
  new BullmqScheduler({
    ...options,
    store: postgresStore({ connectionString }),
    queue,
    retry: { attempts: tries, firstDelay: 10 },
    recoverAfter: recovery,
    repairEvery: 300,
  });
