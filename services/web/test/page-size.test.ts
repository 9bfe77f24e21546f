import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const web = join(__dirname, '..');
const vite = join(dirname(createRequire(__filename).resolve('vite/package.json')), 'bin', 'vite.js');

/** Builds the page aside, and reads what came of it by name. */
async function build(NODE_ENV = 'production'): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-page-'));
  try {
    const options = ['build', '--configLoader', 'runner', '--outDir', folder, '--emptyOutDir'];
    await promisify(execFile)(process.execPath, [vite, ...options], {
      cwd: web,
      env: { ...process.env, NODE_ENV },
    });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return new Map(
      await Promise.all(
        files.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name))] as const),
      ),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

let page: Map<string, Buffer>;
beforeAll(async () => {
  page = await build();
});

test('the whole page is not larger than 60 KB, compressed', () => {
  const sizes = [...page.values()].map((bytes) => gzipSync(bytes, { level: 9 }).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60 * 1024);
});

test('of the contracts the page has the types only: no validation travels to the browser', () => {
  const scripts = [...page].filter(([name]) => name.endsWith('.js')).map(([, bytes]) => bytes.toString());
  expect(scripts).not.toHaveLength(0);
  expect(scripts.some((script) => /ZodError|safeParse/.test(script))).toBe(false);
});

test('the same sources give the same page, byte for byte, also where NODE_ENV says something else', async () => {
  expect(await build('test')).toEqual(page);
});
