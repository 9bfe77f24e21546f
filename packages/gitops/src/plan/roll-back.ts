import { change, type Plan } from '../change';
import type { EnvironmentFile } from '../environment';
import { refuse } from '../refusal';
import type { Release } from '../release';
import { refuseBehindContract } from './contract-step';
import { quarantineOf, refuseQuarantined, unknownEnvironment, type Environments } from './environments';

export interface Rollback {
  readonly environment: string;
  /** The release to return to; without it, the last one that was seen running here as it should. */
  readonly to?: Release;
  /** What the environment's file said before, newest first. */
  readonly past: readonly EnvironmentFile[];
  readonly because: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly requestedBy: string;
}

/**
 * Takes back the release of an environment: it runs `to` again, and the release that hurt is
 * quarantined, so that nothing brings it back by itself.
 */
export function planRollback(environments: Environments, rollback: Rollback): Plan {
  const { environment, past, because, at, requestedBy } = rollback;
  const target = environments.get(environment);
  if (!target) return unknownEnvironment(environments, environment);
  const failed = target.release;
  if (!failed) return refuse('nothing-released', `nothing was released to ${environment} yet`);

  const verified = verifiedBefore(environments, target, failed, past);
  const to = rollback.to ?? verified[0];
  if (!to)
    return refuse(
      'nowhere-to-return',
      `no other release was ever seen running in ${environment} as it should`,
      `name one that ran there: \`almanac history ${environment}\``,
    );
  if (to.id === failed.id) return refuse('already-there', `${environment} has ${to.id} already`);
  const quarantined = refuseQuarantined(environments, to);
  if (quarantined) return quarantined;
  const ran = past.flatMap(({ release }) => release ?? []);
  const step = refuseBehindContract(to, failed, ran);
  if (step) return step;

  const stable =
    target.stable?.id === failed.id ? (verified.find(({ id }) => id === to.id) ?? null) : target.stable;
  const edit = {
    release: to,
    ...(stable !== target.stable && { stable }),
    quarantined: [...target.quarantined.filter(({ id }) => id !== failed.id), { id: failed.id, at, because }],
  };
  const message = {
    subject: `${environment} is back on ${to.id}: ${because}`,
    trailers: {
      Release: to.id,
      Revision: to.revision,
      'Rollback-Of': failed.id,
      'Rollback-To': to.id,
      Quarantined: failed.id,
      Because: because,
    },
  };
  return change(target, edit, message, requestedBy);
}

/** The releases that were seen running here as they should, the last one first: never just the one before. */
function verifiedBefore(
  environments: Environments,
  target: EnvironmentFile,
  failed: Release,
  past: readonly EnvironmentFile[],
): Release[] {
  return [target, ...past]
    .flatMap(({ stable }) => stable ?? [])
    .filter((release) => release.id !== failed.id && quarantineOf(environments, release) === undefined);
}
