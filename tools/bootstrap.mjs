/**
 * Runs a TypeScript program of this repository, also in a clone where nothing is installed yet:
 *
 *   node tools/bootstrap.mjs tools/check/src/main.ts --help
 *
 * Plain JavaScript for Node 20, because it runs before there is anything else. It installs what the
 * lockfile asks for, then hands over to the Node version the lockfile pins.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packages a lockfile names: path → entry; none when there is no such file. */
function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(join(root, lockfile), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Which command brings node_modules to what the lockfile says; none when it is there already. */
function missingInstall() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json'); // npm keeps it: what it installed
  if (!installed) return 'ci';
  const upToDate = Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      optional || !path.startsWith('node_modules/') || installed[path]?.version === version,
  );
  return upToDate ? undefined : 'install'; // after a pull: only what changed, in seconds
}

function install() {
  const command = missingInstall();
  if (!command) return;
  console.error(`Installing dependencies (npm ${command}) …`);
  const { status } = spawnSync('npm', [command, '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is a .cmd there
  });
  if (status !== 0) {
    console.error(`The dependencies could not be installed: npm ${command} failed (see above).`);
    process.exit(1);
  }
}

/** Runs `script` on the pinned Node, as if it had been started itself: same terminal, signals, exit code. */
function run(script, args) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const typescript = join(root, 'node_modules', 'ts-node', 'register');
  const child = spawn(node, ['--require', typescript, join(root, script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, TS_NODE_PROJECT: join(root, 'tsconfig.base.json') },
  });
  // Ctrl-C reaches the child by the terminal; this process only has to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

const [script, ...args] = process.argv.slice(2);
install();
run(script, args);
