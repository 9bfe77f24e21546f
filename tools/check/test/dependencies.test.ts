import { downloadAddresses, looseVersions } from '../src/steps/dependencies';

test.each(['1.2.3', '18.4.0-beta.17', '3.0.0-rc.1'])('%s is an exact version', (version) => {
  expect(looseVersions('package.json', { dependencies: { koa: version } })).toEqual([]);
});

test.each(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', '>=1', 'github:koajs/koa', 'file:../koa'])(
  '%s is none',
  (version) => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
      expect(looseVersions('package.json', { [kind]: { koa: version } })).toEqual([
        `package.json: koa is “${version}”, not an exact version`,
      ]);
  },
);

test('a lockfile that names a host to download from is found out', () => {
  const packages = {
    'node_modules/koa': { resolved: 'https://example.org/koa.tgz' },
    'node_modules/zod': {},
    'node_modules/@almanac/kernel': { resolved: 'packages/kernel' },
  };
  expect(downloadAddresses({ packages })).toEqual([
    'package-lock.json: node_modules/koa is resolved to https://example.org/koa.tgz',
  ]);
});
