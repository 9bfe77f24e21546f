import { planQuarantine, planResume } from '@almanac/gitops';
import { Command } from 'commander';
import { carryOut, writeOptions, type WriteChoices } from '../delivery/carry-out';
import { deliveryOptions, environmentOf, openDelivery, type DeliveryOptions } from '../delivery/delivery';
import type { Streams } from '../streams';

type Options = DeliveryOptions & WriteChoices;

/** Keeps a release out. */
export const quarantineCommand = (streams: Streams): Command =>
  [deliveryOptions, writeOptions]
    .reduce((command, add) => add(command), new Command('quarantine'))
    .description('keep a release out of every environment')
    .argument('<environment>', 'where it hurt, e.g. local/production')
    .argument('<release>', 'its id, e.g. r-3f9c1a2b7d10')
    .requiredOption('--because <reason>', 'what hurt; kept in the file and in the history')
    .addHelpText(
      'after',
      `
What runs goes on running; \`almanac rollback\` takes it back. While an environment that follows main has
a quarantine, pushes are not released there.

Example:
  almanac quarantine local/production r-3f9c1a2b7d10 --because "loses reminders"`,
    )
    .action(async (environment: string, id: string, options: Options & { readonly because: string }) => {
      const delivery = await openDelivery(options);
      const { name: requestedBy } = await delivery.author();
      const at = new Date().toISOString();
      await carryOut(
        delivery,
        {
          ...options,
          plan: (state) => {
            environmentOf(state, environment);
            return planQuarantine(state.environments, {
              environment,
              id,
              because: options.because,
              at,
              requestedBy,
            });
          },
          describe: ({ before }) =>
            before.release?.id === id
              ? [`${environment} runs it now, and goes on: \`almanac rollback ${environment}\``]
              : [],
          question: () => `Quarantine ${id} in ${environment}`,
        },
        streams,
      );
    });

/** Lifts a quarantine. */
export const resumeCommand = (streams: Streams): Command =>
  [deliveryOptions, writeOptions]
    .reduce((command, add) => add(command), new Command('resume'))
    .description('lift a quarantine: the release may run again, and pushes are released again')
    .argument('<environment>', 'where it is quarantined, e.g. local/production')
    .argument('<release>', 'its id, e.g. r-3f9c1a2b7d10')
    .addHelpText(
      'after',
      `
Example:
  almanac resume local/production r-3f9c1a2b7d10`,
    )
    .action(async (environment: string, id: string, options: Options) => {
      const delivery = await openDelivery(options);
      const { name: requestedBy } = await delivery.author();
      await carryOut(
        delivery,
        {
          ...options,
          plan: (state) => {
            environmentOf(state, environment);
            return planResume(state.environments, { environment, id, requestedBy });
          },
          describe: ({ before }) =>
            before.quarantined
              .filter((entry) => entry.id === id)
              .map(({ at, because }) => `since ${at}: ${because}`),
          question: () => `Let ${id} run again`,
        },
        streams,
      );
    });
