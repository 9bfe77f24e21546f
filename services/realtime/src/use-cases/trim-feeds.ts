import type { Deps } from '../ports';

const keepFor = 7 * 24 * 60 * 60 * 1000;

/** Removes changes older than 7 days; a device that was away for longer lists afresh. */
export const trimFeeds = ({ system, clock }: Pick<Deps, 'system' | 'clock'>): Promise<void> =>
  system('sweep', ({ feeds }) =>
    feeds.removeBefore(new Date(Date.parse(clock.now()) - keepFor).toISOString()),
  );
