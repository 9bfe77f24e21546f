import { contractCrossings } from '../../release';
import type { Refrain, Symptom } from '../evidence';
import { secondsBetween } from '../instant';
import { isStable, type Situation } from '../situation';

type Objection = (at: Situation, symptoms: readonly Symptom[]) => readonly Refrain[];

const askFirst: Objection = ({ policy, past: { environment, stable } }) =>
  policy.rollback === 'ask-first' && stable ? [{ kind: 'ask-first', environment, to: stable.id }] : [];

/** No rollback of a rollback (Kargo), whoever made it: two releases that both hurt need a person. */
const isARollback: Objection = ({ step }) =>
  step.kind === 'rollback' ? [{ kind: 'is-a-rollback', of: step.of, by: step.by, at: step.at }] : [];

/** A person lifted its quarantine and brought it again; taking it back again would be a quarrel. */
const takenBackBefore: Objection = ({ past, release }) =>
  past.steps
    .filter((step) => step.kind === 'rollback' && step.of === release.id)
    .slice(0, 1)
    .map(({ at }) => ({ kind: 'taken-back-before', release: release.id, at }));

const nowhereToGo: Objection = (at) => {
  if (!at.past.stable) return [{ kind: 'nothing-stable' }];
  return isStable(at) ? [{ kind: 'is-the-stable-release', release: at.release.id }] : [];
};

const stableIsQuarantined: Objection = ({ past: { stable, quarantined } }) =>
  quarantined
    .filter(({ id }) => id === stable?.id)
    .slice(0, 1)
    .map(({ id, environment, because }) => ({
      kind: 'stable-is-quarantined',
      release: id,
      environment,
      because,
    }));

/** A rollback leaves the database where the newest of all releases brought it. */
const contractStep: Objection = ({ past: { stable, steps } }) =>
  steps
    .map(({ release }) => (stable ? contractCrossings(stable, release) : []))
    .filter((crossings) => crossings.length > 0)
    .slice(0, 1)
    .flatMap((crossings) =>
      crossings.map((crossing) => ({ kind: 'contract-step', to: stable!.id, ...crossing })),
    );

const tooOld: Objection = ({ policy: { window }, now }, symptoms) =>
  symptoms.every(({ since }) => secondsBetween(since, now) > window)
    ? [{ kind: 'too-old', since: symptoms[0]!.since, window }]
    : [];

const objections: readonly Objection[] = [
  isARollback,
  takenBackBefore,
  nowhereToGo,
  stableIsQuarantined,
  contractStep,
  tooOld,
  askFirst,
];

/** All that speaks against taking back a release that failed: who is paged wants to know all of it. */
export const refrains = (at: Situation, symptoms: readonly Symptom[]): Refrain[] =>
  objections.flatMap((objection) => objection(at, symptoms));
