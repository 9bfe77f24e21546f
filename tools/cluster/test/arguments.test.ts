import { UsageError } from '@almanac/command-line';
import { readArguments } from '../src/arguments';

const nothing = {
  command: 'up',
  help: false,
  name: 'local',
  provider: undefined,
  context: undefined,
  hostAddress: undefined,
  port: undefined,
  wipe: false,
  yes: false,
  json: false,
  service: undefined,
  environment: 'dev',
  follow: false,
};

it('brings the usual cluster up when nothing is said', () => {
  expect(readArguments([])).toEqual(nothing);
});

it.each([
  [['up', '--provider', 'bare', '-p', '3000', '-n', 'mine'], { provider: 'bare', port: 3000, name: 'mine' }],
  [
    ['--provider', 'context', '--context', 'k3d-x', '--host-address', '192.0.2.1'],
    { provider: 'context', context: 'k3d-x', hostAddress: '192.0.2.1' },
  ],
  [['status', '--json'], { command: 'status', json: true }],
  [['logs'], { command: 'logs' }],
  [
    ['logs', 'web', '-e', 'production', '-f'],
    { command: 'logs', service: 'web', environment: 'production', follow: true },
  ],
  [['env'], { command: 'env' }],
  [['down', '--wipe', '--yes'], { command: 'down', wipe: true, yes: true }],
  [['-h'], { help: true }],
])('understands %j, as the help says it', (args, expected) => {
  expect(readArguments(args)).toEqual({ ...nothing, ...expected });
});

it.each([
  [['halt'], `The command is one of up, status, down, logs, env, not 'halt'.`],
  [['--provider', 'docker'], `--provider is one of bare, kind, context, not 'docker'.`],
  [['--name', 'Mine'], `--name takes up to 20 lower-case letters, digits and dashes, not 'Mine'.`],
  [
    ['--name', 'a'.repeat(21)],
    `--name takes up to 20 lower-case letters, digits and dashes, not '${'a'.repeat(21)}'.`,
  ],
  [['--port', '0'], `--port takes a number from 1 to 65535, not '0'.`],
  [['--wipe'], '--wipe belongs to down, not to up.'],
  [['down', '--port', '3000'], '--port belongs to up, not to down.'],
  [['--what'], `Unknown option '--what'.`],
])('says what is wrong with %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(new UsageError(message));
});

it('reminds of the two dashes that npm wants before options', () => {
  expect(() => readArguments(['up', '3000'])).toThrow(/npm run cluster -- --port 3000/);
});
