import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { bundle } from '../src/services/bundle';
import { temporaryFolder, writeFiles } from './support';

const json = (value: unknown): string => JSON.stringify(value);

/** A checkout with one service, one package of ours, and two of npm. */
const checkout = {
  'package.json': json({ name: 'almanac', workspaces: ['packages/*'] }),
  'packages/kernel/package.json': json({ name: '@almanac/kernel', exports: { '.': './src/index.ts' } }),
  'packages/kernel/src/index.ts': 'export const greeting: string = "hello";',
  // Where npm ran, this link leads to the packages of another commit.
  'node_modules/@almanac/kernel/package.json': json({ name: '@almanac/kernel', main: 'index.js' }),
  'node_modules/@almanac/kernel/index.js': 'exports.greeting = "hello from another checkout";',
  'node_modules/driver/package.json': json({
    name: 'driver',
    main: 'index.js',
    peerDependenciesMeta: { 'driver-native': { optional: true } },
  }),
  'node_modules/driver/index.js': `
    exports.kind = () => { try { return require('driver-native/fast').kind; } catch { return 'plain'; } };`,
  'services/one/src/main.ts': `
    import { greeting } from '@almanac/kernel';
    import { kind } from 'driver';
    console.log(greeting, kind());`,
};
const entry = 'services/one/src/main.ts';

describe('a bundle', () => {
  it('runs as a single file, with the packages of its own checkout and without optional ones', async () => {
    await using root = await temporaryFolder();
    await using elsewhere = await temporaryFolder();
    await writeFiles(root.path, checkout);
    const file = join(elsewhere.path, 'main.js');
    await writeFile(file, (await bundle(root.path, entry)).code);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe('hello plain\n');
  });

  it('names the sources it is made of, without packages of npm', async () => {
    await using root = await temporaryFolder();
    await writeFiles(root.path, checkout);
    const { sources } = await bundle(root.path, entry);
    expect([...sources].sort()).toEqual(['packages/kernel/src/index.ts', entry]);
  });

  it('is the same in another folder, and whatever comments say', async () => {
    await using one = await temporaryFolder();
    await using two = await temporaryFolder();
    await writeFiles(one.path, checkout);
    await writeFiles(two.path, { ...checkout, [entry]: `/** Why. */ // what\n${checkout[entry]}\n// end` });
    expect((await bundle(two.path, entry)).code).toBe((await bundle(one.path, entry)).code);
  });

  it.each([
    ['a package that isn’t there', "import 'left-pad';", 'Could not resolve "left-pad"'],
    [
      'a workspace that isn’t there',
      "import '@almanac/attic';",
      'no workspace of this checkout exports @almanac/attic',
    ],
    ['an optional package of somebody else', "import 'driver-native';", 'Could not resolve "driver-native"'],
    ['what CommonJS doesn’t have', 'console.log(import.meta.dirname);', 'import.meta'],
  ])('is refused when it needs %s', async (_what, code, message) => {
    await using root = await temporaryFolder();
    await writeFiles(root.path, { ...checkout, [entry]: code });
    await expect(bundle(root.path, entry)).rejects.toThrow(message);
  });
});
