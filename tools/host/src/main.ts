import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePort, confirm, createTerminal, seconds, UsageError } from '@almanac/command-line';
import { ConfigError } from '@almanac/config';
import { DatabaseUnavailable } from '@almanac/embedded-postgres';
import { demoAccount, operatorAccount } from '@almanac/web';
import { readArguments } from './arguments';
import { defaultDataDirectory } from './data-directory';
import { deleteData } from './reset';
import { readSettings } from './settings';
import { startAlmanac } from './start-almanac';

const terminal = createTerminal(process.stdout);

/** Aborted by the first signal to stop; the second ends the process there and then. */
const stopRequested = (): AbortSignal => {
  const stop = new AbortController();
  const request = () => {
    if (stop.signal.aborted) process.exit(130); // the database's guard stops it
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  return stop.signal;
};

/** @returns the exit code */
const main = async (): Promise<number> => {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(await readFile(join(__dirname, '..', 'help.txt'), 'utf8'));
    return 0;
  }
  const settings = readSettings();
  const signal = stopRequested();
  const dataDirectory = options.dataDirectory ?? defaultDataDirectory();
  const { port, insteadOf } = await choosePort(options.port);

  if (options.reset) {
    const { stdin: input, stdout: output } = process;
    if (
      !(await confirm(`Delete all data in ${dataDirectory}`, { yes: options.yes, input, output, signal }))
    ) {
      terminal.hint('Nothing was deleted.');
      return 1;
    }
  }
  const begin = performance.now();
  terminal.title('Almanac');
  if (options.reset)
    await terminal.step({ name: 'Data', run: () => deleteData(dataDirectory), outcome: () => 'deleted' });

  const almanac = await startAlmanac({ settings, dataDirectory, port, terminal, signal });
  terminal.facts(`Ready after ${seconds(performance.now() - begin)}`, {
    Open: insteadOf === undefined ? almanac.url : `${almanac.url}  (${insteadOf} is taken)`,
    'Sign in': demoAccount.email,
    Password: demoAccount.password,
    Operator: `${operatorAccount.email}, ${operatorAccount.password}`,
    Data: dataDirectory,
    Log: almanac.logFile,
  });
  terminal.hint('Ctrl-C stops it. `npm start -- --help` says what else there is.');

  const end = await Promise.race([almanac.databaseEnded, once(signal, 'abort').then(() => undefined)]);
  if (end !== undefined) terminal.trouble(`The database has ended (${end}). Start again: it recovers.`);
  await terminal.step({
    name: 'Stopping',
    run: () => almanac.stop(),
    outcome: () => (end === undefined ? 'everything is written' : ''),
  });
  return end === undefined ? 0 : 1;
};

/** What went wrong, for a person where it is about what they can change; else with its origin. */
const explain = (error: unknown): string => {
  if (error instanceof UsageError) return `${error.message}\nnpm start -- --help says what there is.`;
  if (error instanceof DatabaseUnavailable || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if ((error as Error).name === 'AbortError') {
      terminal.hint('Stopped before it was ready.');
      process.exit(0);
    }
    terminal.trouble(explain(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
