import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { oneAtATime } from './one-at-a-time.mjs';
import { showProgress } from './progress.mjs';

const windows = process.platform === 'win32';

/** The packages a lockfile names: path → entry; none when there is no such file. */
function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** What every machine needs: the optional ones are for other systems, or npm knows why they aren't there. */
function neededPackages(root) {
  const packages = Object.entries(packagesOf(join(root, 'package-lock.json')));
  return packages.filter(([path, { optional }]) => path.startsWith('node_modules/') && !optional);
}

/** npm's own list of what it installed. It is written last, so an install that was interrupted has none. */
const installedList = (root) => join(root, 'node_modules', '.package-lock.json');

/** Whether node_modules is what the lockfile says. */
function isInstalled(root) {
  const installed = packagesOf(installedList(root));
  return neededPackages(root).every(
    ([path, { version }]) => path in installed && installed[path].version === version,
  );
}

/**
 * Clears the way for npm. It believes the package.json of a package that was half extracted when it
 * was interrupted; so what isn't complete goes, and what is about to change counts as incomplete.
 */
function prepare(root) {
  if (existsSync(installedList(root))) rmSync(installedList(root));
  else rmSync(join(root, 'node_modules'), { recursive: true, force: true });
}

/**
 * Not `npm ci`: it refuses a lockfile that doesn't list the binaries for every system there is,
 * and throws away what is right already. This installs what the lockfile says and leaves it alone.
 */
const command = [
  ...['install', '--no-save', '--no-audit', '--no-fund', '--include=dev', '--include=optional'],
  '--loglevel=notice', // `npm --silent` around us would silence this one too, errors and all
];

/** Resolves with npm's exit code and all it said. */
function npm(root) {
  return new Promise((resolve, reject) => {
    let child;
    const interrupt = (signal) => {
      if (windows) child?.kill();
      else if (child?.pid) process.kill(-child.pid, 'SIGKILL'); // asked politely, it undoes everything first
      process.exit(128 + constants.signals[signal]);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    child = spawn('npm', command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows, // npm is a .cmd there
      detached: !windows, // a group of its own, to be ended as one
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({ code, said });
    });
  });
}

/** What matters of a long output: the errors, else its end. */
function excerpt(said) {
  const lines = said.trim().split('\n');
  const errors = lines.filter((line) => line.startsWith('npm error'));
  return (errors.length ? errors : lines).slice(-20).join('\n');
}

async function installNow(root) {
  if (isInstalled(root)) return; // somebody else just did
  prepare(root);
  const paths = neededPackages(root).map(([path]) => join(root, path, 'package.json'));
  const progress = showProgress('Installing packages', paths.length, () => paths.filter(existsSync).length);
  let result;
  try {
    result = await npm(root);
  } catch (cause) {
    throw new Error(`npm can't be run (${cause.code}): it comes with Node, and has to be on the PATH.`, {
      cause,
    });
  } finally {
    progress.end();
  }
  if (result.code !== 0) {
    throw new Error(`${excerpt(result.said)}\n\nThe packages could not be installed; npm says why above.`);
  }
}

/**
 * Brings node_modules to what the lockfile says, if it isn't there already.
 *
 * @param {string} root
 * @throws Error that says what npm said
 */
export async function install(root) {
  if (isInstalled(root)) return;
  await oneAtATime(join(root, '.cache', 'installing'), () => installNow(root));
}
