import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { createEnvironment } from './environment';
import type { Figure } from './measure';
import { browser } from './scenarios/browser';
import { effect } from './scenarios/effect';
import { pgbench } from './scenarios/pgbench';
import { sync } from './scenarios/sync';
import { tasks } from './scenarios/tasks';
import { perUser, seed } from './seed';

const help = `npm run bench -- [options]

Measures the product on a PostgreSQL of its own (fsync on), each service in a process of its own, and
prints each figure with its aim. Takes about 5 minutes; Linux only; pgbench and Chromium must be installed.

  --tasks <n>     tasks in the table; ${perUser} per user (default 1000000)
  --seconds <n>   per measurement (default 10)
  --sockets <n>   devices (default 2000)
  --quick         100000 tasks, 2 s, 200 sockets: shows that it runs; the figures mean little
  --help
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '10' },
      sockets: { type: 'string', default: '2000' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const total = values.quick ? 2 * perUser : Number(values.tasks);
  const seconds = values.quick ? 2 : Number(values.seconds);
  const sockets = values.quick ? 200 : Number(values.sockets);
  if (![total, seconds, sockets].every((n) => Number.isInteger(n) && n > 0))
    throw new Error('numbers must be whole and positive');

  const step = (what: string) => process.stderr.write(`${what} …\n`);
  const { model } = cpus()[0]!;
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}; ` +
      `${total.toLocaleString('en')} tasks, ${seconds} s each, 8 connections\n\n| what | measured | aim | |\n|---|---|---|---|\n`,
  );
  /** Each figure is printed as soon as it is known: a later measurement may fail. */
  const print = (figures: readonly Figure[]) => {
    for (const { what, value, aim = '', met } of figures)
      process.stdout.write(`| ${what} | ${value} | ${aim} | ${met === undefined ? '' : met ? '✓' : '✗'} |\n`);
  };
  step('starting PostgreSQL');
  const environment = await createEnvironment();
  try {
    await seed(environment.admin, total, (done) => step(`${done.toLocaleString('en')} tasks`));
    step('create, list, search');
    const { figures, createsPerSecond } = await tasks(environment, seconds);
    print(figures);
    step('pgbench');
    print(await pgbench(environment, seconds, createsPerSecond));
    step('commit → effect');
    print(await effect(environment, seconds));
    step('change → other device');
    print(await sync(environment, sockets, values.quick ? 50 : 500, 10_000));
  } finally {
    await environment.stop();
  }
  step('change → other browser');
  print(await browser(values.quick ? 20 : 200));
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
