import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const tools = join(__dirname, '..', '..');

/** Says what it was given and what it gets; ends as it is told to. */
const program = `
  const [end, ...rest] = process.argv.slice(2);
  process.on('SIGINT', () => console.log('SIGINT'));
  process.on('SIGTERM', () => (console.log('SIGTERM'), process.exit(9)));
  console.log(JSON.stringify({ rest, folder: process.cwd() }));
  if (end === 'wait') setInterval(() => {}, 1000);
  else process.exitCode = Number(end);
`;

let root: string;
const children: ChildProcess[] = [];

/** A repository with nothing installed, whose dependencies are in it. */
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'almanac-clone-')));
  await cp(join(tools, 'bootstrap'), join(root, 'tools', 'bootstrap'), { recursive: true });
  await cp(join(tools, 'bootstrap.mjs'), join(root, 'tools', 'bootstrap.mjs'));
  const files = {
    'package.json': {
      name: 'clone',
      dependencies: { node: 'file:vendor/node', 'ts-node': 'file:vendor/ts-node' },
    },
    'package-lock.json': {
      name: 'clone',
      lockfileVersion: 3,
      packages: {
        '': { name: 'clone', dependencies: { node: 'file:vendor/node', 'ts-node': 'file:vendor/ts-node' } },
        'node_modules/node': { resolved: 'vendor/node', link: true },
        'node_modules/ts-node': { resolved: 'vendor/ts-node', link: true },
        'vendor/node': { version: '24.0.0' },
        'vendor/ts-node': { version: '1.0.0' },
      },
    },
    'vendor/node/package.json': { name: 'node', version: '24.0.0' },
    'vendor/ts-node/package.json': { name: 'ts-node', version: '1.0.0' },
  };
  for (const folder of ['vendor/node/bin', 'vendor/ts-node/register', 'tools/app/src', 'elsewhere'])
    await mkdir(join(root, folder), { recursive: true });
  for (const [path, content] of Object.entries(files))
    await writeFile(join(root, path), JSON.stringify(content));
  await symlink(process.execPath, join(root, 'vendor/node/bin/node'));
  await writeFile(join(root, 'vendor/ts-node/register/index.js'), '');
  await writeFile(join(root, 'tools/app/src/main.js'), program);
  await writeFile(join(root, 'tools/app/help.txt'), 'This is the help.\n');
});

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(root, { recursive: true, maxRetries: 10 });
});

interface Surroundings {
  readonly cwd?: string;
  /** What npm says the person's folder is. */
  readonly initCwd?: string;
  /** A folder of programs that come first. */
  readonly path?: string;
  readonly nodeArgs?: readonly string[];
}

const bootstrap = (args: string[], { cwd, initCwd, path, nodeArgs = [] }: Surroundings = {}) => {
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (initCwd) env.INIT_CWD = initCwd;
  if (path) env.PATH = `${path}${delimiter}${env.PATH}`;
  const script = [join(root, 'tools/bootstrap.mjs'), 'tools/app/src/main.js'];
  const child = spawn(process.execPath, [...nodeArgs, ...script, ...args], {
    cwd: cwd ?? join(root, 'elsewhere'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += String(chunk)));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...said }));
  const says = async (text: string, stream: 'stdout' | 'stderr' = 'stdout') => {
    while (!said[stream].includes(text)) await once(child[stream], 'data');
  };
  return { child, said, says, ended };
};

const installed = () => join(root, 'node_modules', '.package-lock.json');

/** What npm would do, for tests that aren't about it. */
const install = async (): Promise<void> => {
  await mkdir(join(root, 'node_modules'));
  for (const name of ['node', 'ts-node'])
    await symlink(`../vendor/${name}`, join(root, 'node_modules', name));
  await cp(join(root, 'package-lock.json'), installed());
};

it('installs what is missing, then runs the program in the folder it was called from', async () => {
  const first = await bootstrap(['7', '--flag', 'a b']).ended;

  expect(first.code).toBe(7);
  expect(first.stderr).toContain('Installing packages');
  expect(JSON.parse(first.stdout)).toEqual({ rest: ['--flag', 'a b'], folder: join(root, 'elsewhere') });
  const second = await bootstrap(['0']).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' }); // nothing to install any more
});

it('runs the program in the folder that npm was called from', async () => {
  await install();
  const folder = async (surroundings: Surroundings) =>
    (JSON.parse((await bootstrap(['0'], surroundings).ended).stdout) as { folder: string }).folder;
  const [elsewhere, other] = [join(root, 'elsewhere'), join(root, 'vendor')];

  expect(await folder({ cwd: root, initCwd: elsewhere })).toBe(elsewhere); // npm start --prefix …
  expect(await folder({ cwd: elsewhere, initCwd: other })).toBe(elsewhere); // not by npm, but inside of it
});

it('installs anew when an install was interrupted, and leaves the lockfile as it is', async () => {
  await install();
  await rm(installed());
  await writeFile(join(root, 'node_modules', 'half-extracted'), '');
  const lockfile = await readFile(join(root, 'package-lock.json'), 'utf8');

  expect((await bootstrap(['0']).ended).code).toBe(0);
  expect(existsSync(join(root, 'node_modules', 'half-extracted'))).toBe(false);
  expect(await readFile(join(root, 'package-lock.json'), 'utf8')).toBe(lockfile);
});

it('installs once when two start at once', async () => {
  const results = await Promise.all([bootstrap(['0']).ended, bootstrap(['0']).ended]);

  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  expect(results.map(({ stderr }) => stderr.includes('Installing')).sort()).toEqual([false, true]);
});

it('goes on when whoever was installing was killed', async () => {
  await mkdir(join(root, '.cache'));
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  await writeFile(join(root, '.cache', 'installing'), `${dead.pid}\n`);

  expect((await bootstrap(['0']).ended).code).toBe(0);
});

it('says what npm says when it can’t install', async () => {
  await rm(join(root, 'package.json'));
  await writeFile(join(root, 'package.json'), '{ "name": ');
  const { code, stderr } = await bootstrap(['0']).ended;

  expect(code).toBe(1);
  expect(stderr).toContain('EJSONPARSE');
});

it('stops an install at Ctrl-C, and whatever that has started', async () => {
  const bin = join(root, 'bin');
  const pipe = join(root, 'pipe');
  await mkdir(bin);
  await writeFile(join(bin, 'npm'), `#!/bin/sh\nexec 2> "${pipe}"; echo begun >&2; sleep 600 & wait\n`);
  await chmod(join(bin, 'npm'), 0o755);
  execFileSync('mkfifo', [pipe]);
  const reader = createReadStream(pipe);
  const nobodyWrites = once(reader, 'close');
  const { child, ended } = bootstrap(['0'], { path: bin });
  await once(reader, 'data');
  child.kill('SIGINT');

  expect((await ended).code).toBe(130);
  await nobodyWrites;
});

it('explains the program before anything is installed', async () => {
  expect(await bootstrap(['--help']).ended).toEqual({ code: 0, stdout: 'This is the help.\n', stderr: '' });
  expect(existsSync(join(root, 'node_modules'))).toBe(false);
});

it('says which Node it needs', async () => {
  const pretend = join(root, 'old.cjs');
  await writeFile(
    pretend,
    `Object.defineProperty(process, 'version', { value: 'v20.18.3' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });`,
  );
  const { code, stderr } = await bootstrap(['0'], { nodeArgs: ['--require', pretend] }).ended;

  expect(code).toBe(1);
  expect(stderr).toContain('Almanac needs Node 20.19 or newer; this is v20.18.3.');
});

it('passes a signal on once, however often one Ctrl-C sends it', async () => {
  await install();
  const { child, said, says, ended } = bootstrap(['wait']);
  await says('folder');
  for (let n = 0; n < 3; n += 1) child.kill('SIGINT'); // by the terminal, by npm …
  await says('SIGINT');
  child.kill('SIGTERM');

  expect((await ended).code).toBe(9);
  expect(said.stdout.match(/SIGINT/g)).toHaveLength(1);
});

it('tells the program to stop when it is killed itself', async () => {
  await install();
  const { child, says, ended } = bootstrap(['wait']);
  await says('folder');
  child.kill('SIGKILL');

  expect((await ended).stdout).toContain('SIGTERM');
});
