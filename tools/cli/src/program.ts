import { Command } from 'commander';
import { auditCommand } from './commands/audit';
import { deadLettersCommand } from './commands/dead-letters';
import type { Streams } from './streams';

/** The commands of `npx almanac`. What fails throws; a command that found something wrong sets the exit code 2. */
export function buildProgram({ out, err }: Streams): Command {
  return new Command('almanac')
    .description('Looks after a running Almanac.')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .showHelpAfterError('(add --help for what there is)')
    .addCommand(auditCommand(out))
    .addCommand(deadLettersCommand(out));
}
