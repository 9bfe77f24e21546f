import { cruise, type Import, type Cruised } from './support/cruise';

/** For each rule of .dependency-cruiser.mjs, imports that keep it and imports that break it. */
const rules: Readonly<Record<string, { keep: readonly Import[]; break: readonly Import[] }>> = {
  'no-cycles': {
    keep: ['packages/config/src/a.ts → packages/config/src/b.ts'],
    break: ['packages/config/src/to-itself.ts → packages/config/src/to-itself.ts'],
  },
  'services-stand-alone': {
    keep: ['services/audit/src/ports.ts → @almanac/contracts'],
    break: [
      'services/audit/src/by-name.ts → @almanac/task-api',
      'services/audit/src/by-path.ts → services/task-api/src/ports.ts',
    ],
  },
  'packages-are-below': {
    keep: ['packages/service-kit/src/http/app.ts → @almanac/kernel'],
    break: [
      'packages/service-kit/src/to-service.ts → @almanac/audit',
      'packages/service-kit/src/to-tool.ts → tools/check/src/step.ts',
    ],
  },
  'tools-are-above': {
    keep: ['tools/host/src/main.ts → @almanac/audit'],
    break: ['services/audit/src/to-tool.ts → tools/host/src/log.ts'],
  },
  'main-is-imported-by-nobody': {
    keep: ['tools/cli/bin/almanac.js → tools/cli/src/main.ts'],
    break: ['tools/cli/src/to-main.ts → tools/cli/src/main.ts'],
  },
  'by-the-front-door': {
    keep: ['packages/messaging/src/outbox.ts → @almanac/database'],
    break: ['packages/messaging/src/by-path.ts → packages/database/src/keyset.ts'],
  },
  'kernel-is-the-bottom': {
    keep: ['packages/kernel/src/ids.ts → uuid'],
    break: ['packages/kernel/src/to-config.ts → @almanac/config'],
  },
  'contracts-are-plain': {
    keep: ['packages/contracts/src/tasks.ts → zod', 'packages/contracts/src/tasks.ts → @almanac/kernel'],
    break: [
      'packages/contracts/src/to-library.ts → koa',
      'packages/contracts/src/to-node.ts → node:fs',
      'packages/contracts/src/to-domain.ts → @almanac/tasks-domain',
    ],
  },
  'domain-is-pure': {
    keep: [
      'packages/tasks-domain/src/due.ts → @almanac/kernel',
      'packages/tasks-domain/src/due.ts → temporal-polyfill',
      'packages/tasks-domain/src/due.ts → packages/tasks-domain/src/task.ts',
    ],
    break: [
      'packages/tasks-domain/src/to-contracts.ts → @almanac/contracts',
      'packages/tasks-domain/src/to-library.ts → typeorm',
      'packages/tasks-domain/src/to-node.ts → node:fs',
      'packages/money-domain/src/to-domain.ts → @almanac/tasks-domain',
    ],
  },
  'use-cases-know-no-transport': {
    keep: [
      'services/audit/src/use-cases/list-audit.ts → services/audit/src/ports.ts',
      'services/audit/src/use-cases/list-audit.ts → @almanac/contracts',
      'services/audit/src/use-cases/list-audit.ts → @almanac/messaging',
    ],
    break: [
      'services/audit/src/use-cases/to-koa.ts → koa',
      'services/audit/src/use-cases/to-router.ts → @koa/router',
      'services/audit/src/use-cases/to-http.ts → node:http',
      'services/audit/src/use-cases/to-orm.ts → typeorm',
      'services/audit/src/use-cases/to-kit.ts → @almanac/service-kit',
      'services/audit/src/use-cases/to-database.ts → @almanac/database',
    ],
  },
  'only-the-app-composes': {
    keep: [
      'services/audit/src/app.ts → services/audit/src/persistence/schema.ts',
      'services/audit/src/app.ts → services/audit/src/http/audit.routes.ts',
    ],
    break: [
      'services/audit/src/use-cases/to-table.ts → services/audit/src/persistence/schema.ts',
      'services/audit/src/chain.ts → services/audit/src/persistence/schema.ts',
    ],
  },
  'adapters-stay-apart': {
    keep: ['services/audit/src/http/audit.routes.ts → services/audit/src/use-cases/list-audit.ts'],
    break: [
      'services/audit/src/http/to-table.ts → services/audit/src/persistence/schema.ts',
      'services/audit/src/consumers/to-table.ts → services/audit/src/persistence/schema.ts',
    ],
  },
  'production-without-tests': {
    keep: ['services/audit/test/audit.int.test.ts → @almanac/testkit'],
    break: [
      'services/audit/src/to-testkit.ts → @almanac/testkit',
      'services/audit/src/to-test.ts → services/audit/test/sample.ts',
    ],
  },
  resolvable: {
    keep: ['services/audit/src/app.ts → koa'],
    break: ['services/audit/src/to-nowhere.ts → nowhere'],
  },
};

const fileOf = (edge: Import): string => edge.split(' → ')[0]!;

let kept: Cruised;
let broken: Cruised;
beforeAll(async () => {
  const all = Object.values(rules);
  [kept, broken] = await Promise.all([
    cruise(all.flatMap(({ keep }) => keep)),
    cruise(all.flatMap((rule) => rule.break)),
  ]);
});

test('code that keeps the rules breaks none', () => {
  expect(kept.violations).toEqual([]);
});

test('each rule has examples here', () => {
  expect(Object.keys(rules).sort()).toEqual([...kept.rules].sort());
});

describe.each(Object.entries(rules))('the rule %s', (rule, examples) => {
  test.each(examples.break)('is broken by %s', (edge) => {
    expect(broken.violations).toContainEqual({ rule, from: fileOf(edge) });
  });
});
