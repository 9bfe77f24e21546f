import type { Topic } from '@almanac/contracts';
import { createEmbeddedBus, type DeadLetters } from '@almanac/messaging';
import { Command } from 'commander';
import { connectionTo, dataOption } from '../connect';
import type { Streams } from '../streams';

/** Most letters that one call looks at. */
const most = 1_000;

interface Filter {
  readonly data: string;
  readonly group?: string;
  readonly topic?: Topic;
  readonly json?: true;
}

/** Lists what consumers could not handle, and gives it back to them. */
export function deadLettersCommand(out: Streams['out']): Command {
  const command = (name: string, description: string) =>
    new Command(name).description(description).addOption(dataOption());
  return new Command('dead-letters')
    .description('events that a consumer could not handle after all its tries')
    .addCommand(
      command('list', 'what is there, oldest first')
        .option('--group <name>', 'only those of one consumer group')
        .option('--topic <name>', 'only those of one topic')
        .option('--json', 'for scripts')
        .action(({ data, group, topic, json }: Filter) =>
          withDeadLetters(data, async (letters) => {
            const found = await letters.list({
              ...(group && { group }),
              ...(topic && { topic }),
              limit: most,
            });
            if (json) return void out.write(`${JSON.stringify(found)}\n`);
            if (found.length === 0) return void out.write('no dead letters\n');
            for (const letter of found)
              out.write(
                `${letter.id}  ${letter.failedAt}  ${letter.group}  ${letter.event.type} ${letter.event.subject}\n` +
                  `    ${letter.attempts} tries: ${letter.error.split('\n', 1)[0]}\n`,
              );
          }),
        ),
    )
    .addCommand(
      command('show', 'one letter whole: the event, and the error with its stack')
        .argument('<id>')
        .action((id: string, { data }: Filter) =>
          withDeadLetters(data, async (letters) => {
            const letter = (await letters.list({ limit: most })).find((one) => one.id === id) ?? missing(id);
            out.write(`${letter.error}\n\n${JSON.stringify(letter.event, null, 2)}\n`);
          }),
        ),
    )
    .addCommand(
      command('redrive', 'give letters to their consumers again')
        .argument('[id...]', 'which ones')
        .option('--all', 'every one there is')
        .action((ids: string[], { data, all }: Filter & { all?: true }) =>
          withDeadLetters(data, async (letters) => {
            if (ids.length === 0 && !all) throw new Error('say which: one or more ids, or --all');
            const chosen = all ? (await letters.list({ limit: most })).map(({ id }) => id) : ids;
            for (const id of chosen) if (!(await letters.redrive(id))) missing(id);
            out.write(`${chosen.length} given back\n`);
          }),
        ),
    )
    .addCommand(
      command('discard', 'give a letter up for good')
        .argument('<id>')
        .requiredOption('--reason <text>', 'why; kept with it')
        .action((id: string, { data, reason }: Filter & { reason: string }) =>
          withDeadLetters(data, async (letters) => {
            if (!(await letters.discard(id, reason))) missing(id);
            out.write(`${id} discarded: ${reason}\n`);
          }),
        ),
    );
}

const missing = (id: string): never => {
  throw new Error(`there is no dead letter ${id}; \`almanac dead-letters list\` shows what there is`);
};

async function withDeadLetters(data: string, work: (letters: DeadLetters) => Promise<void>): Promise<void> {
  const bus = createEmbeddedBus({ connection: await connectionTo(data), poolSize: 1 });
  try {
    await work(bus);
  } finally {
    await bus.stop();
  }
}
