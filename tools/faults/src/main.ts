import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disturbCluster } from './cluster/campaign';
import { disturbances } from './cluster/disturbances';
import { huntBug, playFault, type Campaign, type Hunt, type Summary } from './campaign';
import { faults } from './faults';
import { choose, help, listing, readOptions, type Options } from './options';
import { startServer } from './postgres';
import { heading, huntLine, line, total } from './report';
import { plantedBugs } from './victim/planted-bugs';

const say = (text: string): void => {
  console.log(text);
};

/** What is going on, on the last line of a terminal; elsewhere nothing. */
const progress = (text: string): void => {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
};

/** @returns whether everything held */
async function play(campaign: Campaign, options: Options): Promise<boolean> {
  const chosen = choose(faults, options);
  say(heading);
  const summaries: Summary[] = [];
  for (const fault of chosen) {
    if (campaign.signal.aborted) break;
    progress(`${fault.name} …`);
    const summary = await playFault(fault, options.times, campaign, (done) => {
      progress(`${fault.name}: ${done} of ${options.times}`);
    });
    progress('');
    summaries.push(summary);
    say(line(summary));
    summary.complaints.forEach((complaint) => say(`    ${complaint}`));
  }
  const all = total(summaries);
  if (chosen.length > 1) say(line(all));
  return all.complaints.length === 0 && !campaign.signal.aborted;
}

/** @returns whether every bug was found */
async function hunt(campaign: Campaign, options: Options): Promise<boolean> {
  const hunts: Hunt[] = [];
  for (const bug of choose(plantedBugs, options)) {
    if (campaign.signal.aborted) break;
    progress(`${bug.name} …`);
    const found = await huntBug(bug, options.times, campaign);
    progress('');
    hunts.push(found);
    say(huntLine(found));
  }
  const found = hunts.filter(({ caughtIn }) => caughtIn !== null).length;
  say(`${found} of ${hunts.length} planted bugs found`);
  return found === hunts.length && !campaign.signal.aborted;
}

async function run(options: Options): Promise<boolean> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const seed = options.seed ?? 1 + Math.floor(Math.random() * 999_999);
  say(`seed ${seed}`);
  const directory = await mkdtemp(join(tmpdir(), 'almanac-faults-'));
  await chmod(directory, 0o755); // run by root, PostgreSQL has another account
  const server = await startServer(join(directory, 'postgres'));
  let held = false;
  try {
    const campaign = { server, directory, seed, signal: interrupted.signal };
    held = await (options.planted ? hunt(campaign, options) : play(campaign, options));
    return held;
  } finally {
    await server.stop();
    // Logs and evidence of what went wrong stay.
    await rm(held ? directory : join(directory, 'postgres'), { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) say(help);
  else if (options.list) say(listing());
  else {
    const { cluster, requests } = options;
    const held =
      cluster === null
        ? await run(options)
        : await disturbCluster({ cluster, requests, chosen: choose(disturbances, options), say });
    if (!held) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
