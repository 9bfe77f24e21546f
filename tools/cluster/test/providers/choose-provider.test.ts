import { chooseProvider, providers, type ProviderName } from '../../src/providers';

/** All providers, of which these have a reason not to work. */
const lacking = (reasons: Partial<Record<ProviderName, string>>): typeof providers => {
  const withReason = (name: ProviderName) => ({
    ...providers[name],
    available: () => Promise.resolve(reasons[name] ?? null),
  });
  return { kind: withReason('kind'), bare: withReason('bare'), context: withReason('context') };
};

describe('the way to a cluster', () => {
  test('is kind where a Docker engine answers', async () => {
    expect((await chooseProvider(undefined, lacking({}))).name).toBe('kind');
  });

  test('is a bare node where none does', async () => {
    expect((await chooseProvider(undefined, lacking({ kind: 'no Docker' }))).name).toBe('bare');
  });

  test('is a cluster that was there before only if the person asks for it', async () => {
    const nothing = lacking({ kind: 'no Docker', bare: 'not root' });
    expect((await chooseProvider('context', nothing)).name).toBe('context');
    await expect(chooseProvider(undefined, nothing)).rejects.toThrow(
      /kind: no Docker\n {2}bare: not root\n.*--provider context/,
    );
  });

  test('is never another than the one that was asked for', async () => {
    await expect(chooseProvider('kind', lacking({ kind: 'no Docker' }))).rejects.toThrow(
      'kind doesn’t work here:\n  kind: no Docker',
    );
  });
});
