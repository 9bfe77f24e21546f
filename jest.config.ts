import type { Config } from 'jest';

/** ES modules of node_modules. jest runs CommonJS only, so swc turns these into it. */
const esModules = [
  'commander',
  'jose',
  'oauth4webapi',
  'openid-client',
  'raw-body',
  'rrule-temporal',
  'temporal-polyfill',
  'temporal-spec',
  'temporal-utils',
  'uuid',
];

const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
};

/** One PostgreSQL for all test files of a run. */
const postgres: Config = {
  globalSetup: '<rootDir>/tests/setup/start-postgres.ts',
  globalTeardown: '<rootDir>/tests/setup/stop-postgres.ts',
};

const shared: Config = {
  testEnvironment: 'node',
  transform: { '\\.(m?[jt]s|tsx)$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`, '\\.pnp\\.[^/]+$'],
  modulePathIgnorePatterns: ['/dist/'],
  restoreMocks: true,
};

/**
 * Four kinds of test, told apart by their file names: `*.test.ts` needs nothing but the code,
 * `*.int.test.ts` needs PostgreSQL or another real part, `*.e2e.test.ts` needs a browser, and
 * `*.platform.test.ts` a Kubernetes cluster: `npm run test:platform` runs these, `npm test` doesn't.
 */
const config: Config = {
  testTimeout: 30_000, // ms: a test may start a process, on a machine that is busy with the other checks
  reporters: [['default', { summaryThreshold: Infinity }]], // failures are shown once, where they happen
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.test.ts', '!**/*.{int,e2e,platform}.test.ts'],
    },
    {
      ...shared,
      ...postgres,
      displayName: 'integration',
      testMatch: ['**/*.int.test.ts'],
    },
    {
      ...shared,
      ...postgres,
      displayName: 'e2e',
      testMatch: ['**/*.e2e.test.ts'],
    },
    {
      ...shared,
      globalSetup: '<rootDir>/tests/setup/start-cluster.ts',
      globalTeardown: '<rootDir>/tests/setup/stop-cluster.ts',
      displayName: 'platform',
      testMatch: ['**/*.platform.test.ts'],
    },
  ],
};

export default config;
