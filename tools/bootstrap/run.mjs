import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const windows = process.platform === 'win32';

/** What the program gets for what we get; a closed terminal is a reason to stop like any other. */
const forwarded = { SIGINT: 'SIGINT', SIGTERM: 'SIGTERM', SIGHUP: 'SIGTERM' };

/** ms within which the same signal again is the same Ctrl-C: the terminal sends one, npm another. */
const once = 300;

/** The Node version the lockfile pins. An install script brings it, which npm may have been told not to run. */
function pinnedNode(root) {
  const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(node)) return node;
  console.error(
    'The pinned Node is missing, as npm ran no install scripts: npm rebuild node --ignore-scripts=false',
  );
  process.exit(1);
}

/**
 * The folder that paths on the command line are meant from. npm changes into that of package.json,
 * and says where it was called; inside of what npm runs, that may be left from another call.
 */
const personsFolder = (root) => (process.cwd() === root && process.env.INIT_CWD) || process.cwd();

/** Each signal reaches the program once, however often it was sent within a moment. */
function forwardSignals(child) {
  const last = {};
  for (const [signal, toChild] of Object.entries(forwarded)) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - (last[toChild] ?? 0) > once) child.kill(toChild);
      last[toChild] = now;
    });
  }
}

/**
 * Runs `script` on the pinned Node as if it had been started itself: the same terminal, folder,
 * signals and exit code. It ends with us, even when we are killed.
 *
 * @param {string} root
 * @param {string} script path from the root
 * @param {string[]} args
 */
export function run(root, script, args) {
  const typescript = join(root, 'node_modules', 'ts-node', 'register');
  const endWithParent = join(root, 'tools', 'bootstrap', 'end-with-parent.js');
  const loaded = ['--require', endWithParent, '--require', typescript];
  const child = spawn(pinnedNode(root), [...loaded, join(root, script), ...args], {
    cwd: personsFolder(root),
    env: { ...process.env, TS_NODE_PROJECT: join(root, 'tsconfig.base.json') },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: !windows, // Ctrl-C doesn't reach it by the terminal as well
  });
  if (windows)
    process.on('SIGINT', () => {}); // there it does
  else forwardSignals(child);
  child.on('error', (error) => {
    console.error(`${script} can't be run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
