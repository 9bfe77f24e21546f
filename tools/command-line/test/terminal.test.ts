import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { createTerminal, seconds, type Output } from '../src/terminal';

const open = (isTTY: boolean) => {
  const stream = new PassThrough();
  const output: Output = Object.assign(stream, { isTTY });
  return { terminal: createTerminal(output), written: () => String(stream.read() ?? '') };
};

it('shows a step in one line: what came of it and how long it took', async () => {
  const { terminal, written } = open(false);
  const result = await terminal.step({
    name: 'Database',
    run: (say) => {
      say('creating');
      return Promise.resolve(18);
    },
    outcome: (version) => `PostgreSQL ${version}`,
  });

  expect(result).toBe(18);
  expect(written()).toMatch(/^ {2}✓ Database {4}PostgreSQL 18 +\d\.\d s\n$/);
});

it('shows on a terminal what a step is at while it lasts', async () => {
  const { terminal, written } = open(true);
  await terminal.step({
    name: 'Page',
    run: (say) => {
      say('building');
      return Promise.resolve();
    },
  });

  expect(stripVTControlCharacters(written()).split('\r')).toEqual([
    '',
    '  · Page        …',
    '  · Page        building …',
    expect.stringMatching(/^ {2}✓ Page +\d\.\d s\n$/),
  ]);
});

it('marks a step that failed, and passes the error on', async () => {
  const { terminal, written } = open(false);
  const step = terminal.step({ name: 'Schemas', run: () => Promise.reject(new Error('no')) });

  await expect(step).rejects.toThrow('no');
  expect(written()).toMatch(/✗ Schemas +failed/);
});

it('lists facts under a heading', () => {
  const { terminal, written } = open(false);
  terminal.facts('Ready', { Open: 'http://localhost:8080', Data: '/var/lib/almanac' });

  expect(written()).toBe(`
  Ready

    Open        http://localhost:8080
    Data        /var/lib/almanac
`);
});

it('marks every line of what is wrong', () => {
  const { terminal, written } = open(false);
  terminal.trouble('It failed.\nTry again.');

  expect(written()).toBe('\n  │ It failed.\n  │ Try again.\n\n');
});

it('gives times as a person reads them', () => {
  expect(seconds(1449)).toBe('1.4 s');
});
