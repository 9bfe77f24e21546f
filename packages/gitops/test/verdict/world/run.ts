import { stateOf, type Decision, type decide as Decide, type Policy } from '../../../src/verdict';
import { contractCrossings } from '../../../src/release';
import type { Event } from './events';
import { observe, pastOf } from './observe';
import { apply, at, happen, newWorld, ours, pass, tick, type World } from './world';

export type Decider = typeof Decide;

const policy: Policy = {
  rollback: 'automatic',
  settle: tick,
  bake: 60,
  deadline: 120,
  window: 300,
  restarts: 2,
};

/** Longer than a release can take: until it is synced, and judged, and a page was due. */
const quietTicks = 50;

export interface Outcome {
  readonly world: World;
  readonly last: Decision;
  readonly rollbacks: number;
}

/**
 * Lets these events happen, then nothing more, and does all the time what `decide` says.
 *
 * @throws Error when a decision breaks an invariant
 */
export function run(events: readonly Event[], decide: Decider): Outcome {
  const world = newWorld();
  const verified = new Set<string>();
  const takenBack = new Set<string>();

  const act = (): Decision => {
    const decision = decide(policy, pastOf(world), observe(world), at(world.now));
    if (decision.do === 'mark-stable') {
      checkStable(world, decision);
      verified.add(decision.release);
    }
    if (decision.do === 'roll-back') {
      checkRollback(world, decision, verified, takenBack);
      takenBack.add(decision.from);
    }
    apply(world, decision);
    return decision;
  };

  for (const event of events) {
    happen(world, event);
    act();
    for (let passed = 0; event.do === 'pass' && passed < event.ticks; passed += 1) {
      pass(world);
      act();
    }
  }
  let last = act();
  let pushedAt = world.pushedAt;
  for (let ticks = 0; ticks < quietTicks; ticks += 1) {
    pass(world);
    last = act();
    if (world.pushedAt === pushedAt) continue;
    pushedAt = world.pushedAt; // a rollback has to be watched in its turn
    ticks = 0;
  }
  const state = stateOf(last);
  const over = 'until' in last && (last.until === 'resumed' || last.until === 'the next release');
  must(over && (state === 'Stable' || state === 'Held'), 'what goes quiet is Stable or Held in the end');
  return { world, last, rollbacks: takenBack.size };
}

function checkRollback(
  world: World,
  { from, to }: Extract<Decision, { do: 'roll-back' }>,
  verified: ReadonlySet<string>,
  takenBack: ReadonlySet<string>,
): void {
  const { files, steps, synced, outages, handsOn, truth, releases } = world;
  const target = releases.find(({ id }) => id === to)!;
  const quarantined = Object.values(files).flatMap((file) => file.quarantined.map(({ id }) => id));
  must(from === files[ours]!.release.id, 'it takes back what the environment has');
  must(from === synced.release.id, 'it takes back nothing whose verdict is still to come');
  must(steps[0]!.kind !== 'rollback', 'it takes back no rollback');
  must(!takenBack.has(from), 'it takes back a release once');
  must(verified.has(to), 'it returns to a verified release');
  must(!quarantined.includes(to) && !quarantined.includes(from), 'it keeps out of quarantine');
  must(
    steps.every(({ release }) => contractCrossings(target, release).length === 0),
    'it crosses no contract step',
  );
  must(truth.get(from)!.flaw !== 'none', 'it takes back only what is at fault');
  must(!handsOn, 'it keeps its hands off where a person’s are on');
  must(!outages.has('git') && !outages.has('kubernetes') && !outages.has('argocd'), 'it sees what it judges');
}

function checkStable({ files, running, truth, outages }: World, decision: Decision): void {
  const { release, quarantined } = files[ours]!;
  must('release' in decision && decision.release === release.id, 'it verifies what the environment has');
  must(running.id === release.id, 'stable is what really runs');
  must(truth.get(release.id)!.flaw === 'none', 'no release with a flaw is stable');
  must(!outages.has('prometheus'), 'nothing is stable without data');
  must(!quarantined.some(({ id }) => id === release.id), 'nothing quarantined is stable');
}

export function must(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(`broken: ${invariant}`);
}
