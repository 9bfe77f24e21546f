import { help } from '../src/help';
import { readOptions } from '../src/options';
import { summary } from '../src/report';
import { choose } from '../src/selection';
import { pass, type Step } from '../src/step';

const step = (name: string): Step => ({ name, about: `about ${name}`, run: () => Promise.resolve(pass) });
const lanes = [
  [step('types'), step('lint')],
  [step('unit'), step('e2e')],
];

const chosen = (...args: readonly string[]) =>
  choose(lanes, readOptions(args, false), ['unit', 'e2e']).map((lane) => lane.map(({ name }) => name));

test('without arguments everything runs, and lines are counted', () => {
  expect(chosen()).toEqual([
    ['types', 'lint'],
    ['unit', 'e2e'],
  ]);
  expect(readOptions([], false).coverage).toBe(true);
});

test('a part of a path narrows to tests, and lines aren’t counted', () => {
  expect(chosen('reminders')).toEqual([[], ['unit', 'e2e']]);
  expect(readOptions(['reminders'], false)).toMatchObject({ patterns: ['reminders'], coverage: false });
});

test('steps can be named, one by one or with commas', () => {
  expect(chosen('--only', 'lint,unit')).toEqual([['lint'], ['unit']]);
  expect(chosen('--only', 'lint', '--only', 'unit')).toEqual([['lint'], ['unit']]);
});

test('a step that doesn’t exist is refused, along with those that do', () => {
  expect(() => chosen('--only', 'lnt')).toThrow(
    'There is no step “lnt”. The steps are: types, lint, unit, e2e.',
  );
});

test('an option that doesn’t exist is refused', () => {
  expect(() => readOptions(['--onyl', 'unit'], false)).toThrow('--onyl');
});

test('the help names each step', () => {
  for (const { name, about } of lanes.flat())
    expect(help('local', lanes.flat())).toMatch(new RegExp(`${name} +${about}`));
});

test('what needs a cluster is a suite of its own, with a command of its own', () => {
  expect(readOptions([], false).suite).toBe('local');
  expect(readOptions(['--platform'], false)).toMatchObject({ suite: 'platform', coverage: false });
  expect(help('platform', lanes.flat())).toMatch(/^npm run test:platform /);
});

test('the last line counts what passed and what failed', () => {
  const results = [pass, { passed: 7, failures: ['unit: a'] }];
  expect(summary(results, 1234)).toEqual({
    ok: false,
    lines: ['failed: unit: a', 'took 1.2 s', '8 passed, 1 failed'],
  });
  expect(summary([pass], 0)).toMatchObject({ ok: true });
});

test('a run in which nothing ran has failed', () => {
  expect(summary([{ passed: 0, failures: [] }], 0)).toMatchObject({ ok: false });
});
