import type { Hunt, Summary } from './campaign';

const widths = [7, 11, 7, 9, 12, 7, 17, 19, 19];

const row = ([name, ...cells]: readonly (string | number)[]): string =>
  String(name).padEnd(28) + cells.map((cell, i) => String(cell).padStart(widths[i] ?? 0)).join('');

export const heading = row([
  'fault',
  'trials',
  'operations',
  'lost',
  'doubled',
  'disordered',
  'other',
  'published again',
  'answers after, ms',
  'at rest after, ms',
]);

/** One line: figures and, in milliseconds, median and maximum. */
export const line = ({
  fault,
  trials,
  operations,
  harms,
  publishedAgain,
  answersAfter,
  restAfter,
}: Summary): string =>
  row([
    fault,
    trials,
    operations,
    harms.lost,
    harms.doubled,
    harms.disordered,
    harms.other,
    publishedAgain,
    spread(answersAfter),
    spread(restAfter),
  ]);

export const total = (summaries: readonly Summary[]): Summary => ({
  fault: 'all',
  trials: sum(summaries, ({ trials }) => trials),
  operations: sum(summaries, ({ operations }) => operations),
  harms: {
    lost: sum(summaries, ({ harms }) => harms.lost),
    doubled: sum(summaries, ({ harms }) => harms.doubled),
    disordered: sum(summaries, ({ harms }) => harms.disordered),
    other: sum(summaries, ({ harms }) => harms.other),
  },
  publishedAgain: sum(summaries, ({ publishedAgain }) => publishedAgain),
  answersAfter: summaries.flatMap(({ answersAfter }) => answersAfter),
  restAfter: summaries.flatMap(({ restAfter }) => restAfter),
  complaints: summaries.flatMap(({ complaints }) => complaints),
});

export const huntLine = ({ bug, caughtIn, by }: Hunt): string =>
  `${bug.padEnd(32)} ${caughtIn === null ? 'NOT FOUND' : `found in trial ${caughtIn} by ${by.join(', ')}`}`;

const sum = <Item>(items: readonly Item[], value: (item: Item) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? '–' : `${Math.round(median)} / ${Math.round(sorted.at(-1)!)}`;
}
