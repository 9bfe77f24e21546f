import type { UseCase } from '@almanac/kernel';
import type { Deps, FeedRange, FeedSlice } from '../ports';

export interface OpenFeed {
  /** Where the device stopped reading; null when it has nothing yet. */
  readonly position: number | null;
}

/**
 * Where a device begins to read. `reset` means that what it missed is no longer kept, or that its
 * position is none of this feed's: it lists afresh, and reads on from the end.
 */
export const openFeed: UseCase<Deps, OpenFeed, { position: number; reset: boolean }> = (
  { transaction },
  actor,
  { position },
) =>
  transaction(actor, async ({ feeds }) => {
    if (position !== null && (await feeds.keeps(actor.id, position))) return { position, reset: false };
    return { position: await feeds.head(actor.id), reset: position !== null };
  });

/** The next changes of the actor's feed, oldest first. */
export const readFeed: UseCase<Deps, FeedRange, FeedSlice> = ({ transaction }, actor, range) =>
  transaction(actor, ({ feeds }) => feeds.after(actor.id, range));

/** How far the feeds of these users have grown: one look, however many devices there are. */
export const readHeads = (
  { system }: Pick<Deps, 'system'>,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, number>> => system('consumer', ({ feeds }) => feeds.heads(userIds));
