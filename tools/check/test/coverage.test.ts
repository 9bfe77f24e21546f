import { createCoverageMap, createFileCoverage, type CoverageMap } from 'istanbul-lib-coverage';
import { coverageByOwner, ranges } from '../src/coverage';

/** A file with one statement on each line; `hits` says how often each was run. */
function file(path: string, hits: readonly number[]) {
  const line = (index: number) => ({ line: index + 1, column: 0 });
  return createFileCoverage({
    path: `/repository/${path}`,
    statementMap: Object.fromEntries(hits.map((_, i) => [i, { start: line(i), end: line(i) }])),
    s: Object.fromEntries(hits.entries()),
    fnMap: {},
    f: {},
    branchMap: {},
    b: {},
  });
}

function map(...files: readonly ReturnType<typeof file>[]): CoverageMap {
  const all = createCoverageMap();
  files.forEach((one) => {
    all.addFileCoverage(one);
  });
  return all;
}

const byOwner = (all: CoverageMap, source = '') => coverageByOwner(all, '/repository', () => source);
const of = (...files: readonly ReturnType<typeof file>[]) => byOwner(map(...files));

test('the lines of a package are counted together', () => {
  const [kernel, ...others] = of(
    file('packages/kernel/src/a.ts', [1, 1, 0]),
    file('packages/kernel/src/b.ts', [3]),
  );
  expect(kernel).toMatchObject({ owner: 'packages/kernel', lines: 4, percent: 75 });
  expect(others).toEqual([]);
});

test('what one kind of test runs and another doesn’t is run', () => {
  const merged = map(file('packages/kernel/src/a.ts', [1, 0]));
  merged.merge(map(file('packages/kernel/src/a.ts', [0, 1])));
  expect(byOwner(merged)).toMatchObject([{ percent: 100, missed: [] }]);
});

test('an import tests nothing: it isn’t counted', () => {
  const source = [
    "import { Id } from './api';",
    "export * from './api';",
    "export { Id } from './api';",
    'export const page = (id: Id) => important(id);',
    'important(1);',
  ].join('\n');
  const all = map(file('packages/kernel/src/a.ts', [1, 1, 1, 1, 0]));
  expect(byOwner(all, source)).toMatchObject([{ lines: 2, percent: 50, missed: [{ lines: [5] }] }]);
});

test('lines that no test runs are named', () => {
  expect(of(file('services/audit/src/app.ts', [1, 0, 0]))).toMatchObject([
    { missed: [{ path: 'services/audit/src/app.ts', lines: [2, 3] }] },
  ]);
});

test.each([
  'packages/kernel/src/a.test.ts',
  'packages/messaging/test/sample.ts',
  'packages/messaging/src/event-bus.conformance.ts',
  'tools/check/src/main.ts',
  'tests/support/cruise.ts',
])('%s is no code of a package or service', (path) => {
  expect(of(file(path, [0]))).toEqual([]);
});

test('a package of nothing but types is covered', () => {
  expect(of(file('packages/kernel/src/types.ts', []))).toMatchObject([{ percent: 100 }]);
});

test.each([
  [[], ''],
  [[3], '3'],
  [[3, 4], '3–4'],
  [[1, 2, 3, 7, 9, 10], '1–3, 7, 9–10'],
])('the lines %j read as “%s”', (lines, text) => {
  expect(ranges(lines)).toBe(text);
});
