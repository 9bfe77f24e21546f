import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from '../src/lock';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'almanac-lock-'))));
afterEach(() => rm(folder, { recursive: true }));

it('is held by one at a time', () => {
  const file = join(folder, 'lock');
  const first = tryLock(file);

  expect(first).toBeDefined();
  expect(tryLock(file)).toBeUndefined();
  first?.release();
  expect(tryLock(file)).toBeDefined();
});

it('leaves nothing but its file', async () => {
  tryLock(join(folder, 'lock'));

  expect(await readdir(folder)).toEqual(['lock']);
});

it('fails, rather than being taken, where there is no place for it', () => {
  expect(() => tryLock(join(folder, 'missing', 'lock'))).toThrow('unable to open database file');
});
