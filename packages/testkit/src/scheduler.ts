import type { JobScheduler } from '@almanac/scheduling';

/** A scheduler of recurring jobs that run when a test says so, and at no other time. */
export interface ManualScheduler extends JobScheduler {
  /** Runs the job of this name once. @throws Error when nobody said that there is one */
  run(name: string): Promise<void>;
}

export function createManualScheduler(): ManualScheduler {
  const recurring = new Map<string, Parameters<JobScheduler['every']>[2]>();
  const nothing = () => Promise.resolve();
  return {
    handle: () => undefined,
    every: (name, _rhythm, handler) => void recurring.set(name, handler),
    start: nothing,
    stop: nothing,
    schedule: nothing,
    cancel: nothing,
    failed: () => Promise.resolve([]),
    retry: nothing,
    run: (name) => {
      const handler = recurring.get(name);
      if (!handler)
        throw new Error(`no job is called ${name}; there are: ${[...recurring.keys()].join(', ')}`);
      const at = new Date().toISOString();
      return handler({ id: name, at, attempt: 1, signal: new AbortController().signal });
    },
  };
}
