import { derivedId, isId, newId } from './ids';

test('ids made one after the other sort in the order they were made', () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect([...ids].sort()).toEqual(ids);
});

test('the same name gives the same derived id, another name another one', () => {
  const series = newId();
  expect(derivedId(series, '2026-11-21T09:30')).toBe(derivedId(series, '2026-11-21T09:30'));
  expect(derivedId(series, '2026-11-22T09:30')).not.toBe(derivedId(series, '2026-11-21T09:30'));
});

test('both kinds are ids', () => {
  expect([newId(), derivedId(newId(), 'x')].every(isId)).toBe(true);
});

test.each(['', 'x', '01a1fdcb-18ec-7004-a815', 7, null, undefined])('%p is no id', (value) => {
  expect(isId(value)).toBe(false);
});
