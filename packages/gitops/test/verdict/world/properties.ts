import fc from 'fast-check';
import { anything, quiet } from './events';
import { run, type Decider } from './run';
import { ours } from './world';

/** Whatever happens, no decision breaks an invariant, and it comes to an end. */
export const staysSafe = (decide: Decider): fc.IProperty<unknown> =>
  fc.property(anything, (events) => void run(events, decide));

/** Where nothing goes wrong, the newest release becomes stable, and nothing is taken back. */
export const quietBecomesStable = (decide: Decider): fc.IProperty<unknown> =>
  fc.property(quiet, (events) => {
    const { world, last, rollbacks } = run(events, decide);
    const { release, stable } = world.files[ours]!;
    return rollbacks === 0 && stable?.id === release.id && last.do === 'wait';
  });
