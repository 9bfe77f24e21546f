import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Zone } from '@almanac/contracts';
import fc from 'fast-check';
import { dueAt } from '../src';
import { dueTimes } from './due-times';

const zones = Intl.supportedValuesOf('timeZone');

test.each(dueTimes)('%s in %s is %s: %s', (local, zone, at) => {
  expect(dueAt({ local, zone })).toEqual({ local, zone, at });
});

test('the zone of the machine changes no due time', async () => {
  const run = promisify(execFile);
  const printed = await Promise.all(
    ['UTC', 'America/Los_Angeles', 'Asia/Kolkata'].map(async (TZ) => {
      const program = ['-r', 'ts-node/register', join(__dirname, 'print-dues.ts')];
      const { stdout } = await run(process.execPath, program, {
        cwd: __dirname,
        env: { ...process.env, TZ },
      });
      return JSON.parse(stdout) as unknown;
    }),
  );
  const expected = dueTimes.map(([, , at]) => at);
  expect(printed).toEqual([expected, expected, expected]);
});

test('whatever is due, its instant shows as the wall-clock time that was meant, or later by what the clocks skip', () => {
  const local = fc
    .date({ min: new Date('1990-01-01T00:00Z'), max: new Date('2099-12-31T23:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 16));
  fc.assert(
    fc.property(local, fc.constantFrom(...zones), (wall, zone) => {
      const { at } = dueAt({ local: wall, zone });
      const shown = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'short',
      })
        .format(new Date(at))
        .replace(' ', 'T');
      const skipped = Date.parse(`${shown}Z`) - Date.parse(`${wall}Z`);
      expect(skipped).toBeGreaterThanOrEqual(0);
      expect(skipped).toBeLessThanOrEqual(24 * 60 * 60 * 1000);
    }),
    { numRuns: 500 },
  );
});

test('every zone that a task may name is one that due times can be computed in', () => {
  const old =
    'ACT AET AST BST CST CTT EST EST5EDT GB HST IST JST MET MST PRC PST PST8PDT ROC SST VST WET Zulu'.split(
      ' ',
    );
  for (const zone of [...zones, ...old].filter((name) => Zone.safeParse(name).success))
    expect(dueAt({ local: '2026-03-29T02:30', zone }).at).toMatch(/^2026-03-(28|29|30)T/);
});

test('a zone that isn’t one is an error, not a guess', () => {
  expect(() => dueAt({ local: '2026-11-21T09:30', zone: 'Mars/Olympus' })).toThrow(RangeError);
});
