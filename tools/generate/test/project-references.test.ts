import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectReferences } from '../src/project-references';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'almanac-generate-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const write = (path: string, content: object) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
};

/** What tsconfig.json of each folder would hold. */
const generated = () =>
  Object.fromEntries(
    projectReferences(root).map(({ path, content }) => [
      path.replace(/\/?tsconfig\.json$/, ''),
      JSON.parse(content) as { include?: string[]; references: { path: string }[] },
    ]),
  );
const references = () =>
  Object.fromEntries(
    Object.entries(generated()).map(([folder, config]) => [
      folder,
      config.references.map(({ path }) => path),
    ]),
  );

beforeEach(() => {
  write('package.json', { workspaces: ['packages/*', 'services/*'] });
  write('packages/kernel/package.json', { name: '@almanac/kernel', dependencies: { uuid: '14.0.3' } });
  write('packages/testkit/package.json', {
    name: '@almanac/testkit',
    dependencies: { '@almanac/kernel': '0.1.0' },
  });
  write('services/audit/package.json', {
    name: '@almanac/audit',
    dependencies: { '@almanac/kernel': '0.1.0' },
    devDependencies: { '@almanac/testkit': '0.1.0' },
  });
});

test('a workspace refers to those it imports, and the root to all', () => {
  expect(references()).toEqual({
    '': ['packages/kernel', 'packages/testkit', 'services/audit'],
    'packages/kernel': [],
    'packages/testkit': ['../kernel'],
    'services/audit': ['../../packages/kernel', '../../packages/testkit'],
  });
});

test('tests that are a project of their own refer to what only they import', () => {
  write('services/audit/test/tsconfig.json', {});
  expect(references()).toMatchObject({
    '': ['packages/kernel', 'packages/testkit', 'services/audit', 'services/audit/test'],
    'services/audit': ['../../packages/kernel'],
    'services/audit/test': ['..', '../../../packages/kernel', '../../../packages/testkit'],
  });
});

test('another project within a workspace is built, and left as it is', () => {
  write('services/audit/page/tsconfig.json', {});
  expect(references()['']).toContain('services/audit/page');
  expect(references()).not.toHaveProperty('services/audit/page');
});

test('a new workspace gets what it needs', () => {
  expect(generated()['packages/kernel']).toEqual({
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: '.', outDir: 'dist' },
    include: ['src', 'test'],
    references: [],
  });
});

test('what somebody added by hand stays', () => {
  write('packages/kernel/tsconfig.json', { include: ['src'], references: [{ path: '../gone' }] });
  expect(generated()['packages/kernel']).toEqual({ include: ['src'], references: [] });
});
