import { difference, rebase, type Draft } from './edit';

const base: Draft = {
  title: 'Pay rent',
  description: '',
  priority: 'medium',
  tags: ['home'],
  due: { local: '2026-11-21T09:00', zone: 'Europe/Berlin' },
};

describe('an edit that meets another one', () => {
  test('takes over what only the other changed', () => {
    const { draft, taken, contested } = rebase(
      base,
      { ...base, title: 'Pay the rent' },
      { ...base, priority: 'high', tags: ['home', 'money'] },
    );
    expect(draft).toEqual({ ...base, title: 'Pay the rent', priority: 'high', tags: ['home', 'money'] });
    expect(taken).toEqual(['priority', 'tags']);
    expect(contested).toEqual([]);
  });

  test('keeps what was written here where both changed the same', () => {
    const { draft, taken, contested } = rebase(
      base,
      { ...base, title: 'Pay the rent', due: null },
      { ...base, title: 'Pay rent and heating', due: { local: '2026-11-22T09:00', zone: 'Europe/Berlin' } },
    );
    expect(draft).toEqual({ ...base, title: 'Pay the rent', due: null });
    expect(taken).toEqual([]);
    expect(contested).toEqual(['title', 'due']);
  });

  test('has nothing to settle where both said the same', () => {
    const same = { ...base, priority: 'high' } as const;
    expect(rebase(base, same, same)).toEqual({ draft: same, taken: [], contested: [] });
  });
});

test('a saved edit says only what differs', () => {
  expect(difference(base, { ...base, tags: ['home'], due: { ...base.due! } })).toEqual({});
  expect(difference(base, { ...base, due: null, title: 'Pay' })).toEqual({ title: 'Pay', due: null });
});
