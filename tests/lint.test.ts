import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

interface Program {
  readonly path: string;
  readonly code: string;
}

const environment = 'export const port = process.env.PORT;';
const environmentTakenApart = 'export const { env } = process;';
const environmentImported = "import { env } from 'node:process'; export const port = env.PORT;";
const clock = 'export const now = () => Date.now();';
const clockAsDate = 'export const now = () => new Date();';
const givenDate = 'export const year = (at: string) => new Date(at).getUTCFullYear();';
const dice = 'export const dice = () => Math.random();';
const byDefault = 'export default function main() {}';

/** What no program there may do, by the rule that says so. */
const broken: readonly (Program & { readonly rule: string })[] = [
  { path: 'services/audit/src/app.ts', code: environment, rule: 'no-restricted-properties' },
  { path: 'packages/messaging/src/relay.ts', code: environmentTakenApart, rule: 'no-restricted-properties' },
  { path: 'packages/messaging/src/relay.ts', code: environmentImported, rule: 'no-restricted-imports' },
  { path: 'tools/host/src/main.ts', code: environment, rule: 'no-restricted-properties' },
  { path: 'packages/tasks-domain/src/due.ts', code: environment, rule: 'no-restricted-properties' },
  { path: 'packages/tasks-domain/src/due.ts', code: clock, rule: 'no-restricted-properties' },
  { path: 'packages/tasks-domain/src/due.ts', code: clockAsDate, rule: 'no-restricted-syntax' },
  { path: 'packages/tasks-domain/src/due.ts', code: dice, rule: 'no-restricted-properties' },
  { path: 'services/audit/src/use-cases/list-audit.ts', code: clock, rule: 'no-restricted-properties' },
  { path: 'services/audit/src/app.ts', code: byDefault, rule: 'no-restricted-exports' },
];

const fine: readonly Program[] = [
  { path: 'packages/config/src/environment.ts', code: environment },
  { path: 'packages/messaging/test/relay.int.test.ts', code: environment },
  { path: 'packages/kernel/src/clock.ts', code: clockAsDate },
  { path: 'packages/tasks-domain/src/due.ts', code: givenDate },
  { path: 'packages/tasks-domain/src/due.test.ts', code: clock },
  { path: 'jest.config.ts', code: byDefault },
];

function rulesBrokenBy(programs: readonly Program[]): readonly (readonly string[])[] {
  const root = resolve(__dirname, '..');
  const output = execFileSync(process.execPath, [join(__dirname, 'support', 'lint-programs.mjs')], {
    cwd: root,
    input: JSON.stringify(programs),
  });
  return JSON.parse(output.toString()) as string[][];
}

let results: ReadonlyMap<Program, readonly string[]>;
beforeAll(() => {
  const programs = [...broken, ...fine];
  const rules = rulesBrokenBy(programs);
  results = new Map(programs.map((program, index) => [program, rules[index]!]));
});

test.each(broken)('$path must not say: $code', (program) => {
  expect(results.get(program)).toEqual([program.rule]);
});

test.each(fine)('$path may say: $code', (program) => {
  expect(results.get(program)).toEqual([]);
});
