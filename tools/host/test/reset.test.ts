import { PassThrough } from 'node:stream';
import { UsageError } from '../src/arguments';
import { confirmReset } from '../src/reset';

const ask = (answer: string, { yes = false, isTTY = true } = {}) => {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.write(`${answer}\n`);
  const { signal } = new AbortController();
  return confirmReset('/data', { yes, input, output: new PassThrough(), signal });
};

it.each([
  ['yes', true],
  [' YES ', true],
  ['y', false],
  ['no', false],
  ['', false],
])('takes %j for %s', async (answer, deletes) => {
  expect(await ask(answer)).toBe(deletes);
});

it('doesn’t ask who has said yes already', async () => {
  expect(await ask('no', { yes: true, isTTY: false })).toBe(true);
});

it('deletes nothing where nobody can be asked', async () => {
  await expect(ask('yes', { isTTY: false })).rejects.toThrow(UsageError);
});
