import { faultNamed, faults } from '../src/faults';
import { choose, listing, readOptions } from '../src/options';
import { plantedBugs } from '../src/victim/planted-bugs';

test('a run has every fault 20 times, and every planted bug three times', () => {
  expect(readOptions([])).toMatchObject({ times: 20, only: [], seed: null });
  expect(readOptions(['--planted'])).toMatchObject({ times: 3, planted: true });
  expect(readOptions([]).cluster).toBeNull();
  expect(readOptions(['--cluster', 'local'])).toMatchObject({ cluster: 'local', requests: 50_000 });
});

test('faults are chosen by parts of their names', () => {
  const chosen = choose(faults, readOptions(['--only', 'relay,database', '--only', 'audit.head']));
  expect(new Set(chosen.map(({ name }) => name.split(/[.-]/)[0]))).toEqual(
    new Set(['relay', 'audit', 'database']),
  );
});

test.each([
  [['--times', '0'], '--times takes a whole number from 1 on, not 0'],
  [['--seed', 'x'], '--seed takes a whole number from 1 on, not x'],
  [['--onyl', 'relay'], "Unknown option '--onyl'"],
])('%p is refused, saying why', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test('a name that nothing has is refused', () => {
  expect(() => choose(faults, readOptions(['--only', 'rely']))).toThrow('nothing is called like rely');
});

test('every planted bug names the fault under which it does harm', () => {
  for (const { fault } of plantedBugs) expect(() => faultNamed(fault)).not.toThrow();
});

test('everything that can be broken has a name of its own, and is listed', () => {
  const names = [...faults, ...plantedBugs].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(listing()).toContain(`  ${name} `);
});
