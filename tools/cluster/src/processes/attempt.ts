import { CommandFailed, CommandMissing } from './run';

/**
 * Runs a command whose failure is an answer as well.
 * @returns the value, or null if the program isn't there or ended with an error
 */
export const attempt = <Value>(command: Promise<Value>): Promise<Value | null> =>
  command.catch((error: unknown) => {
    if (error instanceof CommandFailed || error instanceof CommandMissing) return null;
    throw error;
  });
