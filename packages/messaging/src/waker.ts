/** Runs one piece of work when woken and at intervals, never twice at once, until stopped. */
export interface Waker {
  /** Runs soon; a call during a run makes for one more run after it. */
  wake(): void;
  /** Holds off for so many milliseconds, also when woken, and then runs. */
  pause(ms: number): void;
  /** Runs again no later than in so many milliseconds. */
  within(ms: number): void;
  readonly stopping: boolean;
  stop(): Promise<void>;
}

/** @param pollEvery milliseconds between runs when nobody wakes it */
export function createWaker(pollEvery: number, work: () => Promise<void>): Waker {
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  let running: Promise<void> | null = null;
  let again = false;
  let pausedUntil = 0;
  let stopping = false;

  const arm = (ms: number) => {
    const at = Date.now() + ms;
    if (stopping || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  };
  const run = () => {
    clearTimeout(timer);
    dueAt = Infinity;
    if (stopping) return;
    const wait = pausedUntil - Date.now();
    if (wait > 0) return arm(wait);
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = work().finally(() => {
      running = null;
      if (again) run();
      else arm(pollEvery);
    });
  };
  arm(0);
  return {
    wake: run,
    pause: (ms) => {
      pausedUntil = Date.now() + ms;
      arm(ms); // nobody may wake it, and the next look could be much later
    },
    within: arm,
    get stopping() {
      return stopping;
    },
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
