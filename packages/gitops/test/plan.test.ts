import fc from 'fast-check';
import {
  parseEnvironment,
  planPromotion,
  planQuarantine,
  planRelease,
  planResume,
  planRollback,
  planStable,
  type Change,
  type Environments,
  type Plan,
  type Promotion,
} from '../src';
import { contractCrossings, type Release } from '../src/release';
import { environments, release } from './support/files';

const at = '2026-11-21T10:00:00Z';
const requestedBy = 'Grace';
const promotion: Promotion = {
  from: 'local/dev',
  to: 'local/production',
  verified: true,
  skip: false,
  past: { from: [], to: [] },
  requestedBy,
};

const expectChange = (plan: Plan): Change => {
  if (plan.do === 'refuse') throw new Error(`refused: ${plan.because}`);
  return plan;
};
const refusal = (code: string, because: RegExp | string = '') => ({
  do: 'refuse',
  code,
  because: expect.stringMatching(because) as unknown,
});

describe('a promotion', () => {
  const before = environments({
    'local/dev': { follows: 'main', release: release(2), stable: release(2) },
    'local/production': { promotesFrom: 'local/dev', release: release(1), stable: release(1) },
    'local/staging': { promotesFrom: 'local/dev' },
  });

  test('copies the release block and nothing else, and its commit says where from', () => {
    const { before: old, after, message } = expectChange(planPromotion(before, promotion));
    expect(after.release).toEqual(release(2));
    expect({ ...after, text: '', release: null }).toEqual({ ...old, text: '', release: null });
    expect(message).toEqual({
      subject: `local/production runs ${release(2).id}, as local/dev does`,
      trailers: {
        Environment: 'local/production',
        Release: release(2).id,
        Revision: release(2).revision,
        'Promoted-From': 'local/dev',
        'Requested-By': 'Grace',
      },
    });
  });

  test('of what nobody has seen running as it should is refused, unless whoever asks has', () => {
    const unseen = environments({
      'local/dev': { follows: 'main', release: release(2), stable: release(1) },
      'local/production': { promotesFrom: 'local/dev' },
    });
    const asked = { ...promotion, verified: false };
    expect(planPromotion(unseen, asked)).toMatchObject(refusal('unverified', /nobody has seen/));
    expect(planPromotion(unseen, promotion).do).toBe('write');
    expect(planPromotion(before, asked).do).toBe('write'); // dev has it as its stable
  });

  test('of a release that is quarantined anywhere is refused, and says where and why', () => {
    const hurt = environments({
      'local/dev': { follows: 'main', release: release(2) },
      'local/production': { promotesFrom: 'local/dev' },
      'doks/staging': { quarantined: [release(2)] },
    });
    const plan = planPromotion(hurt, promotion);
    expect(plan).toMatchObject(
      refusal('quarantined', /quarantined in doks\/staging since 2026-11-20.*: it hurt/),
    );
    expect(plan).toHaveProperty(
      'instead',
      expect.stringContaining(`almanac resume doks/staging ${release(2).id}`),
    );
  });

  test('from another environment than the target names needs to be said', () => {
    const over = { ...promotion, from: 'local/staging', release: release(3) };
    expect(planPromotion(before, over)).toMatchObject(refusal('skips', /takes its releases from local\/dev/));
    expect(planPromotion(before, { ...over, skip: true }).do).toBe('write');
  });

  test('of what is there already, of nothing, to or from nowhere is refused', () => {
    const there = environments({
      'local/dev': { release: release(1) },
      'local/production': { promotesFrom: 'local/dev', release: release(1) },
      'local/empty': {},
    });
    expect(planPromotion(there, promotion)).toMatchObject(refusal('already-there'));
    expect(planPromotion(there, { ...promotion, from: 'local/empty' })).toMatchObject(
      refusal('nothing-released'),
    );
    expect(planPromotion(there, { ...promotion, to: 'local/prod' })).toMatchObject(
      refusal('unknown-environment', /no environment local\/prod; there are local\/dev, local\/production/),
    );
  });

  test('over a contract step that the running code can’t live with is refused, and names the step between', () => {
    const old = release(1, { min: 0, max: 3 });
    const expanded = release(2, { min: 0, max: 5 });
    const contracted = release(3, { min: 5, max: 5 });
    const leap = environments({
      'local/dev': { follows: 'main', release: contracted },
      'local/production': { promotesFrom: 'local/dev', release: old },
    });
    const past = { from: [contracted, expanded, old], to: [old] };
    const plan = planPromotion(leap, { ...promotion, past });
    expect(plan).toMatchObject(
      refusal('contract-step', /migration 5 of task-api took away what r-.* needs \(it knows 3/),
    );
    expect(plan).toHaveProperty('instead', expect.stringContaining(expanded.id));
    expect(planPromotion(leap, { ...promotion, past, release: expanded }).do).toBe('write');
  });

  test('of code older than what the database became is refused, also when a newer release was taken back', () => {
    const contracted = release(3, { min: 5, max: 5 });
    const tolerant = release(2, { min: 0, max: 5 });
    const old = release(1, { min: 0, max: 3 });
    const back = environments({
      'local/dev': { follows: 'main', release: old },
      'local/production': { promotesFrom: 'local/dev', release: tolerant, quarantined: [contracted] },
    });
    const past = { from: [], to: [tolerant, contracted] };
    expect(planPromotion(back, { ...promotion, past })).toMatchObject(
      refusal('contract-step', new RegExp(`gone past ${old.id} with ${contracted.id}`)),
    );
  });
});

describe('a release of main', () => {
  const wanted = {
    environment: 'local/dev',
    release: release(2),
    subject: 'Reminders survive',
    older: false,
    despiteHold: false,
    past: [],
    requestedBy,
  };
  const following = environments({
    'local/dev': { follows: 'main', release: release(1) },
    'local/production': {},
  });

  test('is written to the environment that follows it, and its commit names the change', () => {
    const { after, message } = expectChange(planRelease(following, wanted));
    expect(after.release).toEqual(release(2));
    expect(message.subject).toBe(`local/dev runs ${release(2).id}: Reminders survive`);
  });

  test('waits while a release is quarantined there, until a person resumes or wants it all the same', () => {
    const held = environments({
      'local/dev': { follows: 'main', release: release(1), quarantined: [release(9)] },
    });
    expect(planRelease(held, wanted)).toMatchObject({
      ...refusal('held', /held: r-.* since 2026-11-20.*: it hurt/),
      instead: expect.stringContaining(`almanac resume local/dev ${release(9).id}`) as unknown,
    });
    expect(planRelease(held, { ...wanted, despiteHold: true }).do).toBe('write');
  });

  test('never takes the place of a newer one, of itself, or of what was promoted', () => {
    expect(planRelease(following, { ...wanted, older: true })).toMatchObject(refusal('older'));
    expect(planRelease(following, { ...wanted, release: release(1) })).toMatchObject(
      refusal('already-there'),
    );
    expect(planRelease(following, { ...wanted, environment: 'local/production' })).toMatchObject(
      refusal('follows-nothing'),
    );
  });
});

describe('a rollback', () => {
  const hurt = environments({
    'local/production': { promotesFrom: 'local/dev', release: release(3), stable: release(1) },
  });
  const asked = { environment: 'local/production', past: [], because: 'p95 is 3 s', at, requestedBy };

  test('returns to the last verified release, not to the one before, and quarantines what hurt', () => {
    const past = [...environments({ 'local/production': { release: release(2) } }).values()];
    const { after, message } = expectChange(planRollback(hurt, { ...asked, past }));
    expect(after.release).toEqual(release(1));
    expect(after.stable).toEqual(release(1));
    expect(after.quarantined).toEqual([{ id: release(3).id, at, because: 'p95 is 3 s' }]);
    expect(message.trailers).toMatchObject({
      'Rollback-Of': release(3).id,
      'Rollback-To': release(1).id,
      Quarantined: release(3).id,
      Because: 'p95 is 3 s',
    });
  });

  test('of a verified release returns to the one that was verified before it', () => {
    const verified = environments({ 'local/production': { release: release(3), stable: release(3) } });
    const past = [
      ...environments({ 'local/production': { release: release(2) } }).values(),
      ...environments({ 'local/production': { release: release(1), stable: release(1) } }).values(),
    ];
    const { after } = expectChange(planRollback(verified, { ...asked, past }));
    expect(after).toMatchObject({ release: release(1), stable: release(1) });
  });

  test('to a release by name is possible, and leaves nothing to return to if that was never verified', () => {
    const verified = environments({ 'local/production': { release: release(3), stable: release(3) } });
    const { after } = expectChange(planRollback(verified, { ...asked, to: release(2) }));
    expect(after.release).toEqual(release(2));
    expect(after.stable).toBeUndefined();
  });

  test('without anything verified is refused, and so is one to where it is', () => {
    const nothing = environments({ 'local/production': { release: release(3) } });
    expect(planRollback(nothing, asked)).toMatchObject(refusal('nowhere-to-return'));
    expect(planRollback(hurt, { ...asked, to: release(3) })).toMatchObject(refusal('already-there'));
    const twice = environments({
      'local/production': { release: release(3), stable: release(1) },
      'local/dev': { quarantined: [release(1)] },
    });
    expect(planRollback(twice, { ...asked, to: release(1) })).toMatchObject(refusal('quarantined'));
    expect(planRollback(twice, asked)).toMatchObject(refusal('nowhere-to-return'));
  });

  test('across a contract step is refused, with the way forward', () => {
    const crossed = environments({
      'local/production': {
        release: release(3, { min: 5, max: 6 }),
        stable: release(1, { min: 0, max: 4 }),
      },
    });
    expect(planRollback(crossed, asked)).toMatchObject({
      ...refusal('contract-step', /migration 5 of task-api took away what/),
      instead: expect.stringMatching(/go forward: `git revert`/) as unknown,
    });
  });
});

describe('a quarantine', () => {
  const before = environments({ 'local/dev': { follows: 'main', release: release(2), stable: release(1) } });
  const asked = { environment: 'local/dev', id: release(1).id, because: 'loses reminders', at, requestedBy };

  test('is noted once, and takes from a rollback what it could have returned to', () => {
    const { after } = expectChange(planQuarantine(before, asked));
    expect(after.quarantined).toEqual([{ id: release(1).id, at, because: 'loses reminders' }]);
    expect(after.stable).toBeUndefined();
    expect(planQuarantine(new Map([['local/dev', after]]), asked)).toMatchObject(refusal('quarantined'));
  });

  test('is lifted by a person, whose commit keeps the reason', () => {
    const { after } = expectChange(planQuarantine(before, asked));
    const lifted = expectChange(planResume(new Map([['local/dev', after]]), asked));
    expect(lifted.after.quarantined).toEqual([]);
    expect(lifted.message.trailers).toMatchObject({ Resumed: release(1).id, Because: 'loses reminders' });
    expect(planResume(before, asked)).toMatchObject(refusal('not-quarantined'));
  });
});

describe('that a release runs as it should', () => {
  const before = environments({ 'local/dev': { follows: 'main', release: release(2), stable: release(1) } });

  test('is written down for that release only, while it is there', () => {
    const asked = { environment: 'local/dev', requestedBy };
    expect(expectChange(planStable(before, { ...asked, id: release(2).id })).after.stable).toEqual(
      release(2),
    );
    expect(planStable(before, { ...asked, id: release(1).id })).toMatchObject(refusal('moved-on'));
  });
});

test('whatever is asked in whatever order: nothing quarantined is brought in, no code meets a database it can’t read', () => {
  const names = ['local/dev', 'local/production', 'doks/staging'];
  const name = fc.constantFrom(...names);
  const n = fc.integer({ min: 1, max: 6 });
  // Like real ones: migrations only grow; release 3 has the contract step 4, which release 2 prepared.
  const numbered = (of: number): Release => release(of, { min: of >= 3 ? 4 : 0, max: of >= 2 ? 4 + of : 2 });
  const command = fc.oneof(
    fc.record({ verb: fc.constant('release' as const), n }),
    fc.record({ verb: fc.constant('promote' as const), from: name, to: name, verified: fc.boolean() }),
    fc.record({ verb: fc.constant('roll back' as const), name, to: fc.option(n, { nil: undefined }) }),
    fc.record({ verb: fc.constant('quarantine' as const), name, n }),
    fc.record({ verb: fc.constant('resume' as const), name, n }),
    fc.record({ verb: fc.constant('stable' as const), name, n }),
  );

  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      let state: Environments = environments({
        'local/dev': { follows: 'main' },
        'local/production': { promotesFrom: 'local/dev' },
        'doks/staging': { promotesFrom: 'local/dev' },
      });
      const past = new Map<string, Change['after'][]>(names.map((key) => [key, []]));
      const ran = (key: string): Release[] => past.get(key)!.flatMap((file) => file.release ?? []);

      for (const one of commands) {
        const plan = ((): Plan => {
          switch (one.verb) {
            case 'release':
              return planRelease(state, {
                ...{ environment: 'local/dev', release: numbered(one.n), subject: 'x', older: false },
                ...{ despiteHold: false, past: ran('local/dev'), requestedBy },
              });
            case 'promote':
              return planPromotion(state, {
                ...{ ...promotion, from: one.from, to: one.to, verified: one.verified },
                past: { from: ran(one.from), to: ran(one.to) },
              });
            case 'roll back':
              return planRollback(state, {
                ...{ environment: one.name, because: 'it hurt', at, requestedBy, past: past.get(one.name)! },
                ...(one.to !== undefined && { to: numbered(one.to) }),
              });
            case 'quarantine':
              return planQuarantine(state, {
                ...{ environment: one.name, id: numbered(one.n).id, because: 'it hurt', at, requestedBy },
              });
            case 'resume':
              return planResume(state, { environment: one.name, id: numbered(one.n).id, requestedBy });
            case 'stable':
              return planStable(state, { environment: one.name, id: numbered(one.n).id, requestedBy });
          }
        })();
        if (plan.do === 'refuse') continue;

        const { before, after } = plan;
        expect(parseEnvironment(after.text, after.path)).toEqual(after);
        expect(after.target).toEqual(before.target);
        if (after.release?.id !== before.release?.id) {
          for (const other of state.values())
            expect(other.quarantined.map(({ id }) => id)).not.toContain(after.release?.id);
          for (const migrated of ran(after.name))
            expect(contractCrossings(after.release!, migrated)).toEqual([]);
        }
        if (one.verb === 'roll back')
          expect(after.quarantined.map(({ id }) => id)).toContain(before.release?.id);
        past.get(after.name)!.unshift(after);
        state = new Map(state).set(after.name, after);
      }
    }),
    { numRuns: 500 },
  );
});
