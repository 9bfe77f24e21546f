import { decide, sentence, type Decision } from '../../src/verdict';
import type { Fault } from './catalogue/fault';
import { itsFault } from './catalogue/its-fault';
import { notItsFault } from './catalogue/not-its-fault';
import { at, past, policy, promoted, seenAfter, stable } from './support/cluster';

const verdict = (fault: Fault): Decision =>
  decide(
    { ...policy, ...fault.policy },
    { ...past, ...fault.past },
    seenAfter(fault.seen),
    fault.now ?? at(60),
  );

describe('the release’s fault: it is taken back, for', () => {
  test.each(itsFault)('$name', (fault) => {
    const { because } = fault;
    expect(verdict(fault)).toMatchObject({ do: 'roll-back', from: promoted.id, to: stable.id, because });
  });
});

describe('not the release’s fault, or not to be taken back:', () => {
  test.each(notItsFault)('$name', (fault) => {
    const { until, because } = fault;
    expect(verdict(fault)).toMatchObject({ do: fault.do, until, because });
  });
});

test('every reason is said in words', () => {
  const said = [...itsFault, ...notItsFault].flatMap((fault) => verdict(fault).because.map(sentence));
  for (const words of said) expect(words).toMatch(/^\S.*[^.\s]$/);
  expect(said.join('\n')).not.toMatch(/undefined|\[object|NaN/);
  expect([...new Set(said)].sort()).toMatchSnapshot();
});

test('the catalogue has the faults that the issue counts', () => {
  expect(itsFault.length).toBeGreaterThanOrEqual(22);
  expect(notItsFault.length).toBeGreaterThanOrEqual(18);
});
