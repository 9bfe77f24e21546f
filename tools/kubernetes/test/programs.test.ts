import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleOf, modules, programNames, type ModuleName } from '../src/programs';

const folder = join(__dirname, '..');

test('each Go module of this folder builds a program or is read for its files, and none is missing', async () => {
  const entries = await readdir(folder, { withFileTypes: true });
  const withGoMod = [];
  for (const entry of entries.filter((one) => one.isDirectory()))
    if ((await readdir(join(folder, entry.name))).includes('go.mod')) withGoMod.push(entry.name);
  expect(withGoMod.sort()).toEqual(Object.keys(modules).sort());
});

test('a program is built of one module only', () => {
  expect(new Set(programNames).size).toBe(programNames.length);
  expect(moduleOf('kubelet')).toBe('node');
});

test.each(Object.keys(modules) as ModuleName[])('%s pins what it names', async (name) => {
  const goMod = await readFile(join(folder, name, 'go.mod'), 'utf8');
  for (const main of Object.values(modules[name].programs)) {
    if (main.startsWith('./')) continue; // its own code
    const pinned = [...goMod.matchAll(/^(?:require )?\t?([\w./-]+) v[\w.+-]+/gm)].map(([, path]) => path!);
    expect(pinned.some((path) => main === path || main.startsWith(`${path}/`))).toBe(true);
  }
});
