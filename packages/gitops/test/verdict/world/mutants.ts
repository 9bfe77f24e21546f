import type { History, Observation } from '../../../src/verdict';
import { decide } from '../../../src/verdict';
import type { Event, Flaw, Outage } from './events';
import type { Decider } from './run';

const withPast =
  (forget: (past: History) => Partial<History>): Decider =>
  (policy, past, seen, now) =>
    decide(policy, { ...past, ...forget(past) }, seen, now);

const withSeen =
  (blur: (seen: Observation, past: History) => Partial<Observation>): Decider =>
  (policy, past, seen, now) =>
    decide(policy, past, { ...seen, ...blur(seen, past) }, now);

const pass = (ticks: number): Event => ({ do: 'pass', ticks });
const promote = (flaw: Flaw = 'none', { shows = 0, contract = false } = {}): Event => ({
  do: 'promote',
  flaw,
  shows,
  contract,
});
const pushAgain = (which: number): Event => ({ do: 'push again', which });
const rollBackByHand = (which: number): Event => ({ do: 'roll back by hand', which });
const outage = (of: Outage): Event => ({ do: 'outage', of, begins: true });

export interface Mutant {
  readonly bug: string;
  /** The invariant that tells. */
  readonly breaks: string;
  /** The shortest sequence that random search came down to. */
  readonly story: readonly Event[];
  readonly mutant: Decider;
}

/** `decide` with one rule taken out, mostly by hiding what the rule looks at. */
export const mutants: readonly Mutant[] = (
  [
    [
      'takes a rollback for a promotion',
      'takes back no rollback',
      [pass(14), promote('never ready'), promote(), rollBackByHand(2)],
      withPast(({ steps: [newest, ...older] }) => ({
        steps: newest ? [{ ...newest, kind: 'promotion' }, ...older] : [],
      })),
    ],
    [
      'forgets what was taken back before',
      'takes back a release once',
      [pass(14), promote('refused'), pass(5), pushAgain(1), { do: 'resume' }],
      withPast(({ steps: [newest, ...older] }) => ({
        steps: newest ? [newest, ...older.map((step) => ({ ...step, kind: 'promotion' as const }))] : [],
      })),
    ],
    [
      'returns to the release before, as HEAD~1 would',
      'returns to a verified release',
      [pass(14), promote(), promote('crashes')],
      (policy, past, seen, now) => {
        const decision = decide(policy, past, seen, now);
        return decision.do === 'roll-back' ? { ...decision, to: past.steps[1]!.release.id } : decision;
      },
    ],
    [
      'ignores the quarantine',
      'quarantine',
      [promote(), rollBackByHand(2), pushAgain(1)],
      withPast(() => ({ quarantined: [] })),
    ],
    [
      'takes every migration for an expand step',
      'crosses no contract step',
      [pass(14), promote('refused', { contract: true })],
      withPast(({ steps }) => ({
        steps: steps.map((step) => ({ ...step, release: { ...step.release, schema: {} } })),
      })),
    ],
    [
      'blames a newer release for the failure of the one before',
      'verdict is still to come',
      [pass(14), promote('no image', { shows: 4 }), pass(6), promote()],
      withSeen(({ application }, { steps }) => ({
        application: { ...application, release: steps[0]!.release.id },
      })),
    ],
    [
      'takes no data for good data',
      'without data',
      [outage('prometheus')],
      withSeen(({ objectives }) => ({
        objectives: objectives.map((one) => ({ ...one, burn: one.burn === 'no data' ? 0 : one.burn })),
      })),
    ],
    [
      'blames the release for the database and the registry',
      'only what is at fault',
      [pass(14), outage('database'), promote()],
      withSeen(() => ({ dependencies: [] })),
    ],
    [
      'blames the release for what it didn’t change',
      'only what is at fault',
      [pass(14), outage('neighbour'), promote()],
      withSeen(({ workloads }) => ({
        workloads: workloads.map((workload) => ({ ...workload, templateBefore: undefined })),
      })),
    ],
    [
      'blames the release for a node',
      'only what is at fault',
      [pass(14), outage('node'), promote()],
      withSeen(() => ({ nodes: [] })),
    ],
    [
      'doesn’t let things settle',
      'only what is at fault',
      [pass(14), promote(), pass(1), { do: 'blip' }],
      (policy, past, seen, now) => decide({ ...policy, settle: 0 }, past, seen, now),
    ],
    [
      'believes Synced, whatever image runs',
      'what really runs',
      [outage('stale'), promote()],
      withSeen(({ workloads }, { steps }) => ({
        workloads: workloads.map((workload) => ({
          ...workload,
          pods: workload.pods.map((pod) => ({
            ...pod,
            containers: pod.containers.map((container) => ({
              ...container,
              ...(container.digest !== undefined && { digest: steps[0]!.release.images[container.name]! }),
            })),
          })),
        })),
      })),
    ],
    [
      'takes Error for Failed',
      'only what is at fault',
      [pass(14), promote(), pass(5), outage('argocd')],
      withSeen(({ application }) => ({
        application: {
          ...application,
          operation: {
            ...application.operation!,
            phase: application.operation!.phase === 'Error' ? 'Failed' : application.operation!.phase,
          },
        },
      })),
    ],
    [
      'acts on what it saw before git went away',
      'it sees what it judges',
      [pass(14), promote('crashes'), pass(1), outage('git')],
      withSeen(() => ({ troubles: [] })),
    ],
    [
      'doesn’t see that hands are on',
      'keeps its hands off',
      [pass(14), promote('refused'), pass(1), { do: 'hands', on: true }],
      withSeen(({ application }) => ({ application: { ...application, autoSync: true } })),
    ],
    [
      'bakes for a moment only',
      'no release with a flaw is stable',
      [promote('crashes', { shows: 4 })],
      (policy, past, seen, now) => decide({ ...policy, bake: 1 }, past, seen, now),
    ],
    [
      'has no deadline of its own',
      'Stable or Held in the end',
      [outage('kubernetes')],
      (policy, past, seen, now) => decide({ ...policy, deadline: 100_000 }, past, seen, now),
    ],
    [
      'bakes anew each time it looks',
      'Stable or Held in the end',
      [],
      withPast(() => ({ verifyingSince: undefined })),
    ],
  ] as const satisfies readonly (readonly [string, string, readonly Event[], Decider])[]
).map(([bug, breaks, story, mutant]) => ({ bug, breaks, story, mutant }));
