import { decide, inShort, stateOf, type Decision, type History } from '../../src/verdict';
import {
  at,
  containersOf,
  operation,
  past,
  policy,
  promoted,
  seenAfter,
  stable,
  workloadIs,
  type Happening,
} from './support/cluster';

const decided = (
  now: number,
  happenings: readonly Happening[] = [],
  history: Partial<History> = {},
): Decision => decide(policy, { ...past, ...history }, seenAfter(happenings), at(now));
const kinds = ({ because }: Decision): string[] => because.map(({ kind }) => kind);

test('a release comes, is verified for its bake time, and is stable then', () => {
  const coming = decided(10, [workloadIs('task-api', { ready: 1, incompleteSince: at(2) })]);
  expect([stateOf(coming), kinds(coming)]).toEqual(['Progressing', ['rolling-out']]);

  const verifying = decided(60);
  expect(verifying).toMatchObject({ do: 'verify', since: at(60), until: at(180) });
  expect(stateOf(verifying)).toBe('Verifying');

  const verified = decided(180, [], { verifyingSince: at(60) });
  expect(verified).toMatchObject({ do: 'mark-stable', release: promoted.id });
  expect(kinds(verified)).toEqual(['runs-as-released', 'within-objectives', 'baked']);

  const resting = decided(181, [], { stable: promoted });
  expect(resting).toMatchObject({ do: 'wait', until: 'the next release', because: [{ kind: 'stable' }] });
  expect(stateOf(resting)).toBe('Stable');
});

test('what was verified before the release came doesn’t count for it', () => {
  expect(decided(60, [], { verifyingSince: at(-300) })).toMatchObject({ do: 'verify', since: at(60) });
});

test('before its first release, an environment waits', () => {
  expect(decided(60, [], { steps: [] })).toMatchObject({
    do: 'wait',
    until: 'the next release',
    because: [{ kind: 'nothing-released' }],
  });
});

test('the first release of an environment becomes stable as any other', () => {
  const first = { stable: undefined, steps: past.steps.slice(0, 1), verifyingSince: at(20) };
  expect(decided(140, [], first)).toMatchObject({ do: 'mark-stable', release: promoted.id });
});

describe('after a rollback', () => {
  const entry = { id: 'r-0123456789ab', environment: past.environment, at: at(0), because: 'it crashed' };
  const rolledBack: Partial<History> = {
    steps: [
      { kind: 'rollback', of: entry.id, release: promoted, at: at(0), by: 'rollback-controller' },
      ...past.steps.slice(1),
    ],
    stable: promoted,
    quarantined: [entry],
  };
  const otherImage = containersOf('task-api', { digest: stable.images['task-api']! });

  test('it is believed only when the stable release’s own images run', () => {
    expect(decided(10, [otherImage], rolledBack)).toMatchObject({
      do: 'wait',
      until: at(600),
      because: [{ kind: 'taken-back' }, { kind: 'other-image' }],
    });
    expect(kinds(decided(30, [], rolledBack))).toEqual(['taken-back', 'runs-as-released', 'forward-held']);
  });

  test('a cluster that doesn’t come back by the deadline is a hold', () => {
    const late = decided(601, [otherImage], rolledBack);
    expect(late).toMatchObject({ do: 'hold', until: 'resumed' });
    expect(kinds(late)).toEqual(['deadline-passed', 'taken-back', 'other-image']);
  });

  test('nothing comes by itself until a person resumes', () => {
    expect(decided(9_000, [], rolledBack)).toMatchObject({ do: 'hold', until: 'resumed' });
    expect(decided(9_000, [], { ...rolledBack, quarantined: [] })).toMatchObject({
      do: 'wait',
      until: 'the next release',
    });
  });

  test('a sync of what hurt that still runs is named, so that it can be ended', () => {
    const stuck = [operation({ phase: 'Running', revision: stable.revision })];
    expect(decided(10, stuck, rolledBack)).toMatchObject({
      because: [
        { kind: 'taken-back' },
        { kind: 'not-synced', operation: { phase: 'Running', revision: stable.revision } },
      ],
    });
  });
});

test('reasons of any length fit into a quarantine', () => {
  const message = 'dial tcp\n'.repeat(100);
  const { because } = decided(60, [operation({ phase: 'Failed', message })]);
  expect(inShort(because)).toHaveLength(500);
  expect(inShort(because)).not.toContain('\n');
});
