import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { counts, readRequirements, wrongWithRequirements } from './support/requirements';

const root = resolve(__dirname, '..');
const document = readFileSync(join(root, 'docs/requirements.md'), 'utf8');
const exists = (path: string) => existsSync(join(root, path));

test('docs/requirements.md names every requirement, and what shows each that is met', () => {
  expect(wrongWithRequirements(readRequirements(document), exists)).toEqual([]);
});

test('there are 68 requirements', () => {
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(68);
});

describe('the list is not believed', () => {
  /** What is wrong when the row of T1 reads like this. */
  const wrongWithT1 = (row: string) => {
    const requirements = readRequirements(document).filter(({ id }) => id !== 'T1');
    return wrongWithRequirements([...requirements, ...readRequirements(row)], exists);
  };

  test.each([
    ['when a row is missing', '', 'T1 is missing'],
    [
      'when an identifier is unknown',
      '| T1 | a | open | | |\n| T7 | b | open | | |',
      'T7 is no requirement there is',
    ],
    ['when a row is there twice', '| T1 | a | open | | |\n| T1 | a | open | | |', 'T1 is there twice'],
    ['when a status is unknown', '| T1 | a | almost | | |', 'T1 is “almost”, not done, partly or open'],
    ['when nothing shows what is done', '| T1 | a | done | | |', 'T1 is done, but no path shows it'],
    [
      'when nothing shows what is partly met',
      '| T1 | a | partly | | b |',
      'T1 is partly, but no path shows it',
    ],
    [
      'when a path doesn’t exist',
      '| T1 | a | done | `package.json`, `gone.test.ts` | |',
      'T1 is shown by gone.test.ts, which doesn’t exist',
    ],
    [
      'when it isn’t said what is missing',
      '| T1 | a | partly | `package.json` | |',
      'T1 is partly met, but what is missing isn’t said',
    ],
    [
      'when something is missing of what is done',
      '| T1 | a | done | `package.json` | b |',
      'T1 is done, but something is said to be missing',
    ],
  ])('%s', (_, row, wrong) => {
    expect(wrongWithT1(row)).toEqual([wrong]);
  });
});
