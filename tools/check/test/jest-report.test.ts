import { countTests, type JestReport } from '../src/steps/jest';

type File = JestReport['testResults'][number];

const file = (name: string, statuses: readonly string[], status: File['status'] = 'passed'): File => ({
  name: `/repository/${name}`,
  status,
  assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status })),
});

const count = (...testResults: File[]) => countTests('unit', '/repository', { testResults });

test('each test counts for itself', () => {
  const counted = count(file('a.test.ts', ['passed', 'passed']), file('b.test.ts', ['passed']));
  expect(counted).toEqual({ passed: 3, failures: [] });
});

test('a test that failed is named along with its file', () => {
  expect(count(file('a.test.ts', ['passed', 'failed'], 'failed'))).toEqual({
    passed: 1,
    failures: ['unit: a.test.ts: test 1 (failed)'],
  });
});

test.each([
  ['pending', 'skipped'],
  ['skipped', 'skipped'],
  ['disabled', 'skipped'],
  ['todo', 'still to do'],
])('a test that is %s counts as failed, and is said to be %s', (status, said) => {
  expect(count(file('a.test.ts', [status]))).toEqual({
    passed: 0,
    failures: [`unit: a.test.ts: test 0 (${said})`],
  });
});

test('a file that could not be run counts as failed', () => {
  expect(count(file('a.test.ts', [], 'failed')).failures).toEqual([
    'unit: a.test.ts: the file could not be run',
  ]);
});

test('a file whose set-up failed after its tests passed counts as failed', () => {
  expect(count(file('a.test.ts', ['passed'], 'failed')).failures).toHaveLength(1);
});
