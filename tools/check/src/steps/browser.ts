import { findChromium, installChromium } from '@almanac/testkit';
import { existsSync } from 'node:fs';
import { run } from '../child';
import { fail, pass, type Step } from '../step';

const canInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Sees to it that there is a browser to test with. */
export const browser: Step = {
  name: 'browser',
  about: 'there is a Chromium to test with; root on Debian gets it installed',
  run: async ({ root, say }) => {
    if (findChromium()) return pass;
    if (!canInstall()) return fail(`browser: there is no Chromium: ${installChromium}`);
    say(`Installing Chromium, as there is none: ${installChromium}`);
    const { code, output } = await run('sh', ['-c', installChromium], { cwd: root });
    return code === 0 && findChromium()
      ? pass
      : fail(`browser: could not be installed: ${installChromium}`, output);
  },
};
