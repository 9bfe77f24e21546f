import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Run } from '../../src/processes';

/** What a command line is answered with; a number is an exit code. */
export type Answers = Readonly<Record<string, string | number>>;

/**
 * Stands in for programs of others. A command line that isn't among `answers` fails: what we call is part of
 * the test. `*` at the end of one stands for any rest.
 */
const program = (name: string, folder: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const line = ['${name}', ...process.argv.slice(2)].join(' ');
appendFileSync('${folder}/calls', line + '\\n');
const answers = JSON.parse(readFileSync('${folder}/answers.json', 'utf8'));
const key = Object.keys(answers).find((known) => known.endsWith('*') ? line.startsWith(known.slice(0, -1)) : line === known);
const answer = key === undefined ? 97 : answers[key];
if (typeof answer === 'number') {
  console.error(key === undefined ? 'not foreseen: ' + line : 'refused');
  process.exit(answer);
}
process.stdout.write(answer);
`;

/** Programs in a folder of their own, until it is disposed of. */
export function fakePrograms(names: readonly string[], answers: Answers) {
  const folder = mkdtempSync(join(tmpdir(), 'almanac-programs-'));
  for (const name of names) {
    writeFileSync(join(folder, name), program(name, folder));
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
  return {
    /** Runs them instead of those on the PATH. */
    execute: ((command, args, options) => run(join(folder, command), args, options)) satisfies Run,
    /** The command lines so far. */
    calls: (): readonly string[] => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n'),
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
