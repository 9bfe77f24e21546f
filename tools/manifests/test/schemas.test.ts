import { offlineKustomize } from '../src/kustomize';
import { createValidator, type Validate } from '../src/schemas';
import { fixtures, root } from './support';

describe('Schemas of what is deployed', () => {
  let validate: Validate;

  beforeAll(async () => {
    const kustomize = await offlineKustomize(root);
    const definitions = await Promise.all(
      ['apps/gateway-api', 'argocd/install'].map((path) => kustomize.build(path)),
    );
    validate = await createValidator(definitions.flat());
  }, 120_000);

  const faultsOf = ({ cluster }: (typeof fixtures)[number]): string[] =>
    cluster
      .flatMap(({ application, resources }) => (resources.length > 0 ? resources : [application]))
      .flatMap((resource) => validate(resource));

  const ofSchemas = fixtures.filter(({ policy }) => policy === 'schema');

  it.each(ofSchemas.filter(({ isGood }) => isGood))('$name is taken', (fixture) => {
    expect(faultsOf(fixture)).toEqual([]);
  });

  it.each(ofSchemas.filter(({ isGood }) => !isGood))('$name is refused: $says', (fixture) => {
    expect(fixture.says).not.toBe('');
    expect(faultsOf(fixture).join('\n')).toContain(fixture.says);
  });
});
