/**
 * Which code may import which. `npm run architecture` holds it; tests/architecture.test.ts shows for
 * each rule code that keeps it and code that breaks it.
 *
 * In a pattern of `to`, $1 is what the first group of `from` matched.
 */

const tests = String.raw`(\.(test|conformance)\.tsx?$|/test/|^tests/|^packages/testkit/)`;
const fixtures = '/fixtures/';

/** Libraries that only compute: a domain package may build on them. */
const pureLibraries = ['temporal-polyfill', 'rrule-temporal', 'chrono-node'];

/** The folders of a service that talk to something outside: callers, the database, the bus, the clock. */
const adapters = '(http|persistence|consumers|jobs|sockets)';
const transports = '(koa|@koa|pg|typeorm|kafkajs|bullmq|ioredis|ws)';

const rules = [
  {
    name: 'no-cycles',
    comment: 'Of two files that need each other, neither can be understood first: move what both need.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'services-stand-alone',
    comment: 'Services meet through events and contracts; an import would tie their releases together.',
    from: { path: '^services/([^/]+)/' },
    to: { path: '^services/', pathNot: '^services/$1/' },
  },
  {
    name: 'packages-are-below',
    comment: 'A package is what services and tools share: it knows none of them.',
    from: { path: '^packages/' },
    to: { path: '^(services|tools|tests)/' },
  },
  {
    name: 'tools-are-above',
    comment: 'What runs in production must not need the tools that build and check it.',
    from: { path: '^services/' },
    to: { path: '^(tools|tests)/' },
  },
  {
    name: 'main-is-imported-by-nobody',
    comment: 'A main.ts starts things when it is loaded; only a command in bin/ is there to load it.',
    from: { pathNot: '^tools/[^/]+/bin/' },
    to: { path: String.raw`/src/main\.ts$` },
  },
  {
    name: 'by-the-front-door',
    comment: 'Import another workspace by its name: what its package.json exports is all it offers.',
    from: { path: '^(packages|services|tools)/([^/]+)/' },
    to: { dependencyTypesNot: ['aliased'], path: '^(packages|services|tools)/', pathNot: '^$1/$2/' },
  },
  {
    name: 'kernel-is-the-bottom',
    comment: 'Everything imports the kernel, so it can import nothing of ours.',
    from: { path: '^packages/kernel/', pathNot: tests },
    to: { path: '^packages/', pathNot: '^packages/kernel/' },
  },
  {
    name: 'contracts-are-plain',
    comment: 'Contracts are read by services, page and tools alike: kernel and zod, nothing else.',
    from: { path: '^packages/contracts/', pathNot: tests },
    to: { pathNot: ['^packages/(contracts|kernel)/', 'node_modules/zod/'] },
  },
  {
    name: 'domain-is-pure',
    comment: 'Rules of the product must not depend on how they are stored, sent or asked for.',
    from: { path: '^packages/([^/]+-domain)/', pathNot: tests },
    to: { pathNot: ['^packages/($1|kernel)/', `node_modules/(${pureLibraries.join('|')})/`] },
  },
  {
    name: 'use-cases-know-no-transport',
    comment: 'HTTP, MCP, chat and consumers call the same use-case: it gets ports, never an adapter.',
    from: { path: '^services/([^/]+)/src/use-cases/', pathNot: tests },
    to: {
      path: [
        '^packages/(config|database|scheduling|service-kit)/',
        `node_modules/${transports}/`,
        '^(node:)?(http|https|http2|net|fs)(/|$)',
      ],
    },
  },
  {
    name: 'only-the-app-composes',
    comment: 'Adapters are put behind ports in one visible place: app.ts, or main.ts.',
    from: {
      path: '^services/([^/]+)/src/',
      pathNot: [tests, `^services/[^/]+/src/(${adapters}/|(app|main|index)\\.ts$)`],
    },
    to: { path: `^services/$1/src/${adapters}/` },
  },
  {
    name: 'adapters-stay-apart',
    comment: 'A route or consumer that reads tables itself goes round the use-cases: call one.',
    from: { path: `^services/([^/]+)/src/${adapters}/`, pathNot: tests },
    to: { path: `^services/$1/src/${adapters}/`, pathNot: '^services/$1/src/$2/' },
  },
  {
    name: 'production-without-tests',
    comment: 'The testkit and files of tests are not there in an image.',
    from: { path: '^(packages|services)/', pathNot: tests },
    to: { path: tests, pathNot: 'node_modules/' },
  },
  {
    name: 'resolvable',
    comment: 'An import that leads nowhere: name the package in package.json, or mend the path.',
    from: {},
    to: { couldNotResolve: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', fixtures] },
    tsPreCompilationDeps: true, // an `import type` ties two files together as well
    combinedDependencies: true, // development tools are in the root's package.json
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
