import { createManualScheduler } from '@almanac/testkit';
import { keepBus } from '../src';

test('events that everybody has had are removed from the bus after 30 days, each night', async () => {
  const prune = jest.fn(async () => 7);
  const scheduler = createManualScheduler();
  const every = jest.spyOn(scheduler, 'every');
  keepBus({ prune }, scheduler);
  expect(every.mock.calls[0]?.[1]).toEqual({ cron: '27 3 * * *', zone: 'UTC' });
  expect(prune).not.toHaveBeenCalled();
  await scheduler.run('bus-prune');
  expect(prune.mock.calls).toEqual([[30]]);
});
