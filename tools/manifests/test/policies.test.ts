import { policies } from '../src/policies';
import { violationsOf } from '../src/policy';
import { fixtures } from './support';

const messagesOf = (policy: string, { cluster }: (typeof fixtures)[number]): string[] =>
  violationsOf(
    policies.filter(({ name }) => name === policy),
    cluster,
  ).map(({ message }) => message);

describe('Policies of what is deployed', () => {
  it.each(policies.map(({ name }) => name))('%s takes what is good, and refuses what isn’t', (name) => {
    const own = fixtures.filter(({ policy }) => policy === name);
    expect(own.filter(({ isGood }) => isGood)).toHaveLength(1);
    expect(own.filter(({ isGood }) => !isGood).length).toBeGreaterThanOrEqual(1);
  });

  const ofPolicies = fixtures.filter(({ policy }) => policy !== 'schema');

  it.each(ofPolicies.filter(({ isGood }) => isGood))('$name is taken', (fixture) => {
    expect(fixture.cluster.flatMap(({ resources }) => resources).length).toBeGreaterThan(0);
    expect(messagesOf(fixture.policy, fixture)).toEqual([]);
  });

  it.each(ofPolicies.filter(({ isGood }) => !isGood))('$name is refused: $says', (fixture) => {
    expect(fixture.says).not.toBe('');
    expect(messagesOf(fixture.policy, fixture).join('\n')).toContain(fixture.says);
  });
});
