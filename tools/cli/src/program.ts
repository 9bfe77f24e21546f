import { Command, type Argument } from 'commander';
import { auditCommand } from './commands/audit';
import { completionCommand } from './commands/completion';
import { deadLettersCommand } from './commands/dead-letters';
import { diffCommand } from './commands/diff';
import { historyCommand } from './commands/history';
import { initCommand } from './commands/init';
import { promoteCommand } from './commands/promote';
import { quarantineCommand, resumeCommand } from './commands/quarantine';
import { releaseCommand } from './commands/release';
import { rollbackCommand } from './commands/rollback';
import { statusCommand } from './commands/status';
import type { Streams } from './streams';

const exitCodes = `
Exit codes:
  0  done, or nothing to do
  1  an error; the message says what to do about it
  2  refused, or something was found wrong
  3  written to git, but it didn’t run as it should in time`;

const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' ');

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/**
 * The commands of `npx almanac`. What fails throws; a command that found something wrong sets the exit
 * code 2, one that waited in vain 3.
 */
export function buildProgram(streams: Streams): Command {
  const { out, err } = streams;
  const program = new Command('almanac')
    .description('Looks after a running Almanac, and after what runs where.')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', exitCodes);
  const group = (heading: string, commands: readonly Command[]): void => {
    program.commandsGroup(heading);
    for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  };
  group('What runs where:', [statusCommand(streams), diffCommand(streams), historyCommand(streams)]);
  group('Change it, by a commit:', [
    releaseCommand(streams),
    promoteCommand(streams),
    rollbackCommand(streams),
    quarantineCommand(streams),
    resumeCommand(streams),
  ]);
  group('A running Almanac:', [auditCommand(out), deadLettersCommand(out)]);
  group('Set up:', [initCommand(streams), completionCommand(streams)]);
  return program;
}
