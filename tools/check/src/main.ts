import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endAll } from './child';
import { checkCoverage } from './coverage';
import { help } from './help';
import { readOptions, type Options } from './options';
import { seconds, summary } from './report';
import { choose } from './selection';
import type { Step, StepContext, StepResult } from './step';
import { projects, suites } from './steps';

const say = (line: string): void => {
  console.log(line);
};

const indent = (text: string): string => text.replace(/^/gm, '       ');

/** Runs one step and says how it went; one that throws has failed. */
async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  const begin = performance.now();
  const result = await step.run(context).catch((error: unknown): StepResult => ({
    passed: 0,
    failures: [`${step.name}: ${String(error)}`],
    output: (error instanceof Error ? error.stack : undefined) ?? '',
  }));
  const took = seconds(performance.now() - begin);
  const { passed, failures, output = '' } = result;
  const verdict = failures.length === 0 ? 'ok' : 'FAILED';
  const counts = `${passed} passed, ${failures.length} failed`;
  say(`${verdict.padEnd(6)} ${step.name.padEnd(12)} ${counts.padEnd(22)} ${took.padStart(8)}`);
  if (failures.length > 0 && output !== '') say(indent(output));
  return result;
}

async function runLane(lane: readonly Step[], context: StepContext): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of lane) results.push(await runStep(step, context));
  return results;
}

/** @returns the exit code */
async function check(options: Options): Promise<number> {
  const begin = performance.now();
  const chosen = choose(suites[options.suite], options, projects);
  const scratch = mkdtempSync(join(tmpdir(), 'almanac-check-'));
  process.once('exit', () => {
    rmSync(scratch, { recursive: true, force: true });
  });
  const context: StepContext = { root: resolve(__dirname, '../../..'), options, scratch, say };
  const results = (await Promise.all(chosen.map((lane) => runLane(lane, context)))).flat();
  if (options.coverage) results.push(checkCoverage(context, projects));
  const { lines, ok } = summary(results, performance.now() - begin);
  lines.forEach(say);
  return ok ? 0 : 1;
}

/** Ctrl-C ends what runs, and us. */
function interrupt(): void {
  endAll();
  process.exit(130);
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  const options = readOptions(process.argv.slice(2), process.stdout.isTTY);
  if (options.help) say(help(options.suite, suites[options.suite].flat()));
  else process.exitCode = await check(options);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
