import { AppError } from '@almanac/kernel';

/** Runs work, a few at a time and the others in turn. @throws AppError `unavailable` when too many wait */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Bounds the memory of work that takes a lot of it: beyond `concurrency` it waits, beyond `waiting`
 * it is turned away, so that a flood costs its sender and nobody else.
 */
export function createGate(concurrency: number, waiting: number): Gate {
  const queue: (() => void)[] = [];
  let running = 0;
  const enter = async (): Promise<void> => {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (queue.length >= waiting)
      throw new AppError('unavailable', 'Very many people sign in at the moment; try again soon.', {
        retryAfter: 5,
      });
    await new Promise<void>((resolve) => queue.push(resolve)); // the place of one who leaves is handed over
  };
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
