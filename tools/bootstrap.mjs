/**
 * Runs a TypeScript program of this repository, also in a clone where nothing is installed yet:
 *
 *   node tools/bootstrap.mjs tools/check/src/main.ts lint
 *
 * Plain JavaScript that Node 20 reads, because it runs before there is anything else. It installs
 * what the lockfile asks for, then hands over to the Node version the lockfile pins.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './bootstrap/install.mjs';
import { run } from './bootstrap/run.mjs';

const here = fileURLToPath(import.meta.url);
const root = dirname(dirname(here));
const needed = [20, 19];

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  fail(
    `Almanac needs Node ${needed.join('.')} or newer; this is ${process.version}. https://nodejs.org has the current one.`,
  );
}

/** What the program says of itself, for who asks before anything is installed; none if only it knows. */
function helpOf(script) {
  const file = join(root, dirname(script), '..', 'help.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * @param {string} script path from the root of the repository
 * @param {string[]} args what the program gets
 */
export async function bootstrap(script, args) {
  checkNode();
  const help = args.some((arg) => arg === '--help' || arg === '-h') ? helpOf(script) : undefined;
  if (help) return process.stdout.write(help);
  try {
    await install(root);
  } catch (error) {
    fail(error.message);
  }
  run(root, script, args);
}

if (process.argv[1] && resolve(process.argv[1]) === here) {
  const [script, ...args] = process.argv.slice(2);
  await bootstrap(script, args);
}
