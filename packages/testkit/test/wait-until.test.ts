import { waitUntil } from '../src';

test('waiting ends as soon as the condition holds, with its value', async () => {
  let looks = 0;
  const value = await waitUntil(() => (++looks === 3 ? 'there' : null), { every: 1 });
  expect([value, looks]).toEqual(['there', 3]);
});

test('waiting in vain says what for, and what went wrong last', async () => {
  const cause = new Error('not yet');
  const waiting = waitUntil(() => Promise.reject(cause), { timeout: 20, every: 1, until: 'it came' });
  await expect(waiting).rejects.toMatchObject({ message: 'waited 20 ms in vain until it came', cause });
});
