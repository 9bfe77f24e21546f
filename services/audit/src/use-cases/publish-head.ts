import { auditHead } from '@almanac/contracts';
import type { Deps } from '../ports';

/** Publishes the end of the chain if it has grown, so that it is known outside the table as well. */
export const publishHead = ({ system }: Pick<Deps, 'system'>): Promise<void> =>
  system('sweep', async ({ log, outbox }) => {
    const { sequence, hash, published } = await log.lockHead();
    if (sequence === published) return;
    outbox.add(auditHead({ sequence, hash }));
    await log.markPublished(sequence);
  });
