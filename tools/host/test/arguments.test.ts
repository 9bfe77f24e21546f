import { resolve } from 'node:path';
import { UsageError } from '@almanac/command-line';
import { readArguments } from '../src/arguments';

const nothing = { help: false, port: undefined, dataDirectory: undefined, reset: false, yes: false };

it('starts with what is usual when nothing is said', () => {
  expect(readArguments([])).toEqual(nothing);
});

it('understands every option the help names', () => {
  expect(readArguments(['--port', '3000', '--data', 'here', '--reset', '--yes'])).toEqual({
    ...nothing,
    port: 3000,
    dataDirectory: resolve('here'),
    reset: true,
    yes: true,
  });
  expect(readArguments(['-h', '-p', '80', '-d', '/tmp', '-y'])).toEqual({
    ...nothing,
    help: true,
    port: 80,
    dataDirectory: '/tmp',
    yes: true,
  });
});

it.each([
  [['--prot', '3000'], `Unknown option '--prot'.`],
  [['-x'], `Unknown option '-x'.`],
  [['--port'], `Option '-p, --port <value>' argument missing.`],
  [['--port', '0'], `--port takes a number from 1 to 65535, not '0'.`],
  [['--port', '65536'], `--port takes a number from 1 to 65535, not '65536'.`],
  [['--port', '8o8o'], `--port takes a number from 1 to 65535, not '8o8o'.`],
  [['--data', ''], '--data takes a folder.'],
  [['--reset=now'], `Option '--reset' does not take an argument.`],
])('says what is wrong with %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(new UsageError(message));
});

it('reminds of the two dashes that npm wants before options', () => {
  // `npm start --port 3000` keeps the option and passes on its value.
  expect(() => readArguments(['3000'])).toThrow(/npm start -- --port 3000/);
});
