import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoAccount } from '@almanac/web';

jest.setTimeout(120_000); // the whole product, several times, beside whatever else is being tested

const start = join(__dirname, '..', '..', 'start.mjs');

let folder: string;
let port: number;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almanac-host-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  port = (probe.address() as { port: number }).port;
  await once(probe.close(), 'close');
});

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

afterAll(() => rm(folder, { recursive: true, maxRetries: 10 }));

interface Program {
  readonly child: ChildProcess;
  /** All it has written so far. */
  output(): string;
  /** Resolves when it has written this. */
  says(text: string): Promise<void>;
  readonly exited: Promise<number | null>;
}

/** `npm start`, from a folder that isn't the project's. */
const npmStart = (...args: string[]): Program => {
  const child = spawn(process.execPath, [start, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  const hear = (chunk: Buffer) => (output += String(chunk));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = once(child, 'close').then(() => {
    running.delete(child);
    return child.exitCode;
  });
  const says = async (text: string) => {
    while (!output.includes(text)) {
      const more = await Promise.race([once(child.stdout, 'data'), exited.then(() => undefined)]);
      if (!more && !output.includes(text)) throw new Error(`it ended without “${text}”:\n${output}`);
    }
  };
  return { child, output: () => output, says, exited };
};

const almanac = async (...args: string[]): Promise<Program> => {
  const program = npmStart('--data', 'data', '--port', String(port), ...args);
  await program.says('Ctrl-C stops it');
  return program;
};

const api = async <Answer>(path: string, token?: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as Answer;
};

const signIn = async (): Promise<string> => {
  const { email, password } = demoAccount;
  return (await api<{ accessToken: string }>('/auth/token', undefined, { email, password })).accessToken;
};

const titles = async (token: string): Promise<string[]> =>
  (await api<{ items: { title: string }[] }>('/tasks', token)).items.map(({ title }) => title);

it('has a page, an account and tasks, and finds them again after Ctrl-C', async () => {
  const first = await almanac();
  expect(first.output()).toContain(`http://localhost:${port}`);
  expect(first.output()).toContain(demoAccount.password);
  expect(first.output()).toContain(join(folder, 'data'));
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(await page.text()).toContain('<title>Almanac');
  const token = await signIn();
  await api('/tasks', token, { title: 'Outlive a restart' });
  first.child.kill('SIGINT');

  expect(await first.exited).toBe(0);
  expect(first.output()).toContain('everything is written');
  await almanac();
  expect(await titles(token)).toContain('Outlive a restart'); // by a token of before, as well
});

it('loses nothing that was acknowledged when it is killed', async () => {
  const first = await almanac();
  const token = await signIn();
  await api('/tasks', token, { title: 'Outlive a kill' });
  const host = Number(await readFile(join(folder, 'data', 'almanac.pid'), 'utf8'));
  process.kill(host, 'SIGKILL');

  expect(await first.exited).toBe(137);
  await almanac();
  expect(await titles(token)).toContain('Outlive a kill');
});

it('stops in order when npm is killed and can’t say so', async () => {
  const { child } = await almanac();
  child.kill('SIGKILL');

  // The output is open until the last process that has it is gone.
  await once(child.stdout!, 'close');
  await almanac();
});

it('stops when its database is killed, and says what happened', async () => {
  const { output, exited } = await almanac();
  const postmaster = await readFile(join(folder, 'data', 'postgres', 'data', 'postmaster.pid'), 'utf8');
  process.kill(Number.parseInt(postmaster, 10), 'SIGKILL');

  expect(await exited).toBe(1);
  expect(output()).toContain('The database has ended (SIGKILL)');
});

it('stops while it still starts', async () => {
  const program = npmStart('--data', 'data', '--port', String(port));
  await program.says('Database');
  program.child.kill('SIGTERM');

  expect(await program.exited).toBe(0);
});

it('leaves data alone that another one uses, and names that', async () => {
  await almanac();
  const pid = (await readFile(join(folder, 'data', 'almanac.pid'), 'utf8')).trim();
  for (const args of [[], ['--reset', '--yes']]) {
    const second = npmStart('--data', 'data', ...args);

    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`in use by an Almanac that runs (pid ${pid})`);
  }
});

it('says that the port is taken, before it deletes anything', async () => {
  await almanac();
  const second = npmStart('--data', 'other', '--reset', '--yes', '--port', String(port));

  expect(await second.exited).toBe(2);
  expect(second.output()).toContain(`Port ${port} is taken`);
});

it('begins anew when asked to', async () => {
  await almanac('--reset', '--yes');

  expect(await titles(await signIn())).not.toContain('Outlive a restart');
});

it('explains itself, and an option that there isn’t', async () => {
  const help = npmStart('--help');
  expect(await help.exited).toBe(0);
  expect(help.output()).toContain('npm start -- --reset');

  const wrong = npmStart('--prot', '3000');
  expect(await wrong.exited).toBe(2);
  expect(wrong.output()).toContain(`Unknown option '--prot'`);
});
