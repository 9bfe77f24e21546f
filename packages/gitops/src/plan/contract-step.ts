import { contractCrossings, type ContractCrossing, type Release } from '../release';
import { refuse, type Refusal } from '../refusal';

const inWords = (crossings: readonly ContractCrossing[], release: Release): string =>
  crossings
    .map(
      ({ service, knows, contract }) =>
        `migration ${contract} of ${service} took away what ${release.id} needs (it knows ${knows} and older)`,
    )
    .join('; ');

/**
 * Refuses code that can't run on what the database became. `past` are the releases that ran in the
 * environment before: a rollback leaves the database where the newest of them brought it.
 */
export function refuseBehindContract(
  release: Release,
  running: Release,
  past: readonly Release[],
): Refusal | undefined {
  const blocking = [running, ...past].find((migrated) => contractCrossings(release, migrated).length > 0);
  return (
    blocking &&
    refuse(
      'contract-step',
      `the database has gone past ${release.id} with ${blocking.id}: ${inWords(contractCrossings(release, blocking), release)}`,
      'go forward: `git revert` the commits that hurt, keeping the migrations, push, and promote that release',
    )
  );
}

/**
 * Refuses a step from which the old pods, still serving while the new ones start, would break: the
 * new release’s contract migration runs before them all are gone. `between` are releases known to
 * have run where it comes from, newest first; one of them may be the step in between.
 */
export function refuseAcrossContract(
  release: Release,
  running: Release,
  between: readonly Release[] = [],
): Refusal | undefined {
  const crossings = contractCrossings(running, release);
  if (crossings.length === 0) return undefined;
  const step = between.find(
    (candidate) =>
      contractCrossings(running, candidate).length === 0 &&
      contractCrossings(candidate, release).length === 0,
  );
  return refuse(
    'contract-step',
    `${running.id} would break while ${release.id} comes: ${inWords(crossings, running)}`,
    step
      ? `first \`--release ${step.id}\`, which runs on both sides of it`
      : 'first a release that knows that migration’s expand step but not yet its contract step',
  );
}
