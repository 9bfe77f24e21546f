import { PassThrough } from 'node:stream';
import { UsageError } from '../src/arguments';
import { confirm } from '../src/confirm';

const ask = (answer: string, { yes = false, isTTY = true } = {}) => {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.write(`${answer}\n`);
  const { signal } = new AbortController();
  return confirm('Delete all data in /data', { yes, input, output: new PassThrough(), signal });
};

it.each([
  ['yes', true],
  [' YES ', true],
  ['y', false],
  ['no', false],
  ['', false],
])('takes %j for %s', async (answer, agreed) => {
  expect(await ask(answer)).toBe(agreed);
});

it('doesn’t ask who has said yes already', async () => {
  expect(await ask('no', { yes: true, isTTY: false })).toBe(true);
});

it('goes no further where nobody can be asked', async () => {
  await expect(ask('yes', { isTTY: false })).rejects.toThrow(UsageError);
});
