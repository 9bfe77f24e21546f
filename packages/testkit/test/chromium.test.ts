import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findChromium, launchChromium } from '../src';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'almanac-chromium-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const program = (name: string, mode = 0o755): string => {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
};

test('the browser that CHROMIUM_PATH names is taken, whatever else there is', () => {
  program('chromium');
  expect(findChromium({ CHROMIUM_PATH: '/opt/chromium', PATH: folder })).toBe('/opt/chromium');
});

test.each(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])(
  '%s is found on the path',
  (name) => {
    const path = program(name);
    expect(findChromium({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(path);
  },
);

test('without a browser, the error names the command that installs one', async () => {
  await expect(launchChromium({ PATH: folder })).rejects.toThrow(
    /^There is no Chromium\. Set CHROMIUM_PATH, or install one: apt-get update .* chromium$/,
  );
});
