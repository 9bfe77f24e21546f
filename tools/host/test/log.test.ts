import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../src/log';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'almanac-log-'))));
afterEach(() => rm(folder, { recursive: true }));

const line = (level: string, message: string, error?: { message: string }): string =>
  `${JSON.stringify({ level, service: 'audit', message, error })}\n`;

it('keeps all lines, and those of the run before', async () => {
  const file = join(folder, 'almanac.log');
  for (const message of ['first', 'second']) {
    const log = await openLog(file, fail);
    log.write(line('info', message));
    await log.close();
  }

  expect(await readFile(file, 'utf8')).toBe(line('info', 'second'));
  expect(await readFile(`${file}.previous`, 'utf8')).toBe(line('info', 'first'));
});

it('tells the person of errors only, and of each once', async () => {
  const complaints: string[] = [];
  const log = await openLog(join(folder, 'almanac.log'), (text) => complaints.push(text));
  log.write(line('warn', 'a detour'));
  log.write(line('error', 'it broke', { message: 'no space left' }));
  log.write(line('error', 'it broke', { message: 'no space left' }));
  log.write(line('fatal', 'the end'));
  log.write(line('info', 'a task named "level":"error"'));
  await log.close();

  expect(complaints).toEqual(['audit: it broke\nno space left', 'audit: the end']);
});

const fail = (text: string) => {
  throw new Error(`there was nothing to complain about: ${text}`);
};
