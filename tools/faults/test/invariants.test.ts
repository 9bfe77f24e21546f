import { auditedTopics } from '@almanac/contracts';
import { effects, findViolations, type Harm, type Invariant } from '../src/invariants';
import { rightHistory, unheardOf, type History } from './history';

const found = ({ ledger, contents }: History, when: Invariant['holds'] = 'at rest') =>
  findViolations(ledger, contents, when);

test('a product that does everything right breaks no invariant', () => {
  expect(found(rightHistory())).toEqual([]);
});

test('every audited topic is one whose effects are checked', () => {
  expect(Object.keys(effects)).toEqual(expect.arrayContaining(auditedTopics));
});

interface Damage {
  what: string;
  invariant: string;
  harm: Harm;
  when?: Invariant['holds'];
  /** Of a history that is right so far. */
  damage(history: History): void;
}

const damages: Damage[] = [
  {
    what: 'an acknowledged change that is not stored',
    invariant: 'I1',
    harm: 'lost',
    when: 'always',
    damage: ({ ledger }) => ledger.operations.push(unheardOf('acknowledged')),
  },
  {
    what: 'an acknowledged change that another one of the same version took the place of',
    invariant: 'I1',
    harm: 'lost',
    when: 'always',
    damage: ({ ledger }) => {
      ledger.operations.push({ ...ledger.operations[0]!, id: unheardOf('unknown').id });
    },
  },
  {
    what: 'an acknowledged change whose event was published and then lost',
    invariant: 'I2',
    harm: 'lost',
    when: 'always',
    damage: ({ contents }) => {
      contents.log = contents.log.filter(({ event }) => event.id !== contents.log[0]!.event.id);
    },
  },
  {
    what: 'a change with two events',
    invariant: 'I2',
    harm: 'doubled',
    when: 'always',
    damage: ({ contents }) => {
      const first = contents.log[0]!;
      contents.outbox.push({ topic: first.topic, event: { ...first.event, id: 'another' } });
    },
  },
  {
    what: 'an event that is audited twice',
    invariant: 'I3',
    harm: 'doubled',
    when: 'always',
    damage: ({ contents }) => contents.audit.push({ ...contents.audit[0]!, sequence: 99 }),
  },
  {
    what: 'a change that is in a feed twice',
    invariant: 'I3',
    harm: 'doubled',
    when: 'always',
    damage: ({ contents }) => contents.feed.push({ ...contents.feed[0]!, position: 7 }),
  },
  {
    what: 'an event of a change that was rolled back',
    invariant: 'I4',
    harm: 'other',
    when: 'always',
    damage: ({ contents }) => {
      contents.tasks[0]!.version = 2;
    },
  },
  {
    what: 'a change that nobody wished',
    invariant: 'I4',
    harm: 'other',
    when: 'always',
    damage: ({ ledger }) => ledger.operations.pop(),
  },
  {
    what: 'an audit entry of an event that was never published',
    invariant: 'I4',
    harm: 'other',
    when: 'always',
    damage: ({ contents }) => {
      contents.audit[0]!.eventId = 'never published';
    },
  },
  {
    what: 'a feed that shows what was never published',
    invariant: 'I4',
    harm: 'other',
    when: 'always',
    damage: ({ contents }) => {
      contents.feed[0]!.taskId = 'never published';
    },
  },
  {
    what: 'versions of a task in another order in a topic',
    invariant: 'I5',
    harm: 'disordered',
    when: 'always',
    damage: ({ contents }) => {
      const [first, later] = contents.log.filter(
        ({ topic, event }) => topic === 'task-updates' && event.subject === `task/${contents.tasks[0]!.id}`,
      );
      [first!.event, later!.event] = [later!.event, first!.event];
    },
  },
  {
    what: 'versions of a task in another order in the audit log',
    invariant: 'I5',
    harm: 'disordered',
    when: 'always',
    damage: ({ contents }) => contents.audit.reverse(),
  },
  {
    what: 'a gap in a feed',
    invariant: 'I5',
    harm: 'disordered',
    when: 'always',
    damage: ({ contents }) => {
      contents.feed.at(-1)!.position += 1;
    },
  },
  {
    what: 'a creation that was sent twice and done twice',
    invariant: 'I6',
    harm: 'doubled',
    damage: ({ contents }) => {
      const [first, second] = contents.log.filter(({ topic }) => topic === 'task-events');
      second!.event = { ...second!.event, traceparent: first!.event.traceparent };
    },
  },
  {
    what: 'an unanswered change that is in one place and not in another',
    invariant: 'I6',
    harm: 'lost',
    damage: ({ ledger, contents }) => {
      ledger.operations.at(-1)!.outcome = 'unknown';
      contents.audit.pop();
    },
  },
  {
    what: 'an event without its effect',
    invariant: 'I7',
    harm: 'lost',
    damage: ({ contents }) => contents.feed.pop(),
  },
  {
    what: 'a dead letter',
    invariant: 'I7',
    harm: 'other',
    damage: ({ contents }) => {
      contents.deadLetters.push({ group: 'audit', event: contents.log[0]!.event, error: 'no' });
    },
  },
  {
    what: 'an event that is parked for good',
    invariant: 'I7',
    harm: 'other',
    damage: ({ contents }) => contents.parked.push({ group: 'audit', event: contents.log[0]!.event }),
  },
  {
    what: 'an event that stays in the outbox',
    invariant: 'I7',
    harm: 'other',
    damage: ({ contents }) => contents.outbox.push(contents.log[0]!),
  },
  {
    what: 'an offset beyond an event without its effect',
    invariant: 'I8',
    harm: 'lost',
    when: 'always',
    damage: ({ contents }) => contents.audit.pop(),
  },
  {
    what: 'a partition with a gap',
    invariant: 'I8',
    harm: 'other',
    when: 'always',
    damage: ({ contents }) => {
      contents.log.at(-1)!.position += 1;
    },
  },
  {
    what: 'a refused change that was done',
    invariant: 'I11',
    harm: 'other',
    when: 'always',
    damage: ({ ledger }) => {
      ledger.operations[0]!.outcome = 'refused';
    },
  },
  {
    what: 'an answer that no fault excuses',
    invariant: 'answers',
    harm: 'other',
    when: 'always',
    damage: ({ ledger }) => ledger.surprises.push('500'),
  },
];

test.each(damages)('$what is found by $invariant', ({ invariant, harm, when, damage }) => {
  const history = rightHistory();
  damage(history);
  expect(found(history, when)).toContainEqual({ invariant, harm, what: expect.any(String) as string });
});

/** What is the case in the middle of things, and no violation. */
const unfinished: [string, (history: History) => void][] = [
  [
    'an event still in the outbox',
    ({ contents }) => {
      const last = contents.log.pop()!;
      contents.partitions.find(({ topic }) => topic === last.topic)!.head -= 1;
      contents.outbox.push(last);
      contents.feed.pop();
      contents.offsets[1]!.position -= 1;
    },
  ],
  [
    'an effect that is still to come',
    ({ contents }) => {
      contents.audit.pop();
      contents.offsets[0]!.position -= 1;
    },
  ],
  [
    'an effect that is there before its offset',
    ({ contents }) => {
      contents.offsets[0]!.position -= 1;
    },
  ],
  [
    'an event that waits for another try',
    ({ contents }) => {
      const { eventId } = contents.audit.pop()!;
      contents.parked.push({
        group: 'audit',
        event: contents.log.find(({ event }) => event.id === eventId)!.event,
      });
    },
  ],
  ['an operation without an answer', ({ ledger }) => void ledger.operations.push(unheardOf('unknown'))],
];

test.each(unfinished)('%s breaks nothing at the moment of a crash', (_what, change) => {
  const history = rightHistory();
  change(history);
  expect(found(history, 'always')).toEqual([]);
});

test('an event that was published twice under the same id breaks nothing', () => {
  const history = rightHistory();
  const { contents } = history;
  const events = contents.partitions.find(({ topic }) => topic === 'task-events')!;
  contents.log.push({ ...contents.log[0]!, position: ++events.head });
  contents.offsets[0]!.position = events.head;
  expect(found(history)).toEqual([]);
});

test('an operation that was never answered and never done breaks nothing', () => {
  const history = rightHistory();
  history.ledger.operations.push(unheardOf('unknown'), { ...unheardOf('refused'), id: 'f'.repeat(32) });
  expect(found(history)).toEqual([]);
});
