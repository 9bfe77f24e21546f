import { environmentPath, planRollback, planStable, type Plan } from '../../../src';
import { inShort, type Decision, type History } from '../../../src/verdict';
import { environments } from '../../support/files';
import { must, type Decider } from './run';

/** Also makes of each decision the commit that the controller would push, from files as they are in git. */
export const alsoPlanned =
  (decide: Decider): Decider =>
  (policy, past, seen, now) => {
    const decision = decide(policy, past, seen, now);
    const plan = planOf(decision, past, now);
    if (plan) check(plan, decision, past);
    return decision;
  };

function planOf(decision: Decision, past: History, at: string): Plan | undefined {
  if (decision.do !== 'roll-back' && decision.do !== 'mark-stable') return undefined;
  const { environment, steps, stable, quarantined } = past;
  const releases = steps.map(({ release }) => release);
  const hurt = releases.filter(
    ({ id }, index) =>
      quarantined.some((entry) => entry.id === id) &&
      releases.findIndex((other) => other.id === id) === index,
  );
  const files = environments({
    [environment]: {
      release: releases[0]!,
      ...(stable && { stable }),
      ...(hurt.length > 0 && { quarantined: hurt }),
    },
    'local/dev': { release: releases.at(-1)! },
  });
  const requestedBy = 'rollback-controller';
  return decision.do === 'mark-stable'
    ? planStable(files, { environment, id: decision.release, requestedBy })
    : planRollback(files, { environment, past: [], because: inShort(decision.because), at, requestedBy });
}

function check(plan: Plan, decision: Decision, past: History): void {
  if (plan.do === 'refuse') throw new Error(`broken: the plan refuses what was decided: ${plan.because}`);
  const { path, release, stable, quarantined } = plan.after;
  must(path === environmentPath(past.environment), 'only the environment’s own file is written');
  if (decision.do === 'mark-stable') must(stable?.id === decision.release, 'what was verified is stable');
  if (decision.do === 'roll-back') {
    must(release?.id === decision.to, 'it returns to where it was decided to');
    must(
      quarantined.some(({ id }) => id === decision.from),
      'what hurt is quarantined',
    );
  }
}
