import type { EmbeddedBus } from '@almanac/messaging';
import type { JobScheduler } from '@almanac/scheduling';

/** Days that the bus keeps events that everybody has had. */
const keepEvents = 30;

/** Has old events removed each night. The log is everybody's: one scheduler of the product does it for all. */
export const keepBus = (bus: Pick<EmbeddedBus, 'prune'>, scheduler: Pick<JobScheduler, 'every'>): void =>
  scheduler.every('bus-prune', { cron: '27 3 * * *', zone: 'UTC' }, async () => {
    await bus.prune(keepEvents);
  });
