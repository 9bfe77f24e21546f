import { change, type Plan } from '../change';
import { refuse } from '../refusal';
import type { Release } from '../release';
import { refuseAcrossContract, refuseBehindContract } from './contract-step';
import { refuseQuarantined, unknownEnvironment, type Environments } from './environments';

export interface Promotion {
  readonly from: string;
  readonly to: string;
  /** The release to take; without it, that which runs in `from`. */
  readonly release?: Release;
  /** Whoever asks has just seen it run in `from`, or takes it upon them. */
  readonly verified: boolean;
  /** Allows a source other than the one that `to` names. */
  readonly skip: boolean;
  /** The releases that ran in `from` and in `to`, newest first. */
  readonly past: { readonly from: readonly Release[]; readonly to: readonly Release[] };
  readonly requestedBy: string;
}

/**
 * Gives `to` the release of `from`: the release block is copied and nothing else.
 *
 * Only a verified release is promoted. It is when `from` has it as its `stable` (somebody followed it
 * until it ran as it should, and wrote that down), or when whoever asks has just seen it: Synced,
 * Healthy, and the running digests are those of the release.
 */
export function planPromotion(environments: Environments, promotion: Promotion): Plan {
  const { from, to, verified, skip, past, requestedBy } = promotion;
  const source = environments.get(from);
  if (!source) return unknownEnvironment(environments, from);
  const target = environments.get(to);
  if (!target) return unknownEnvironment(environments, to);
  const release = promotion.release ?? source.release;
  if (!release)
    return refuse('nothing-released', `nothing was released to ${from} yet`, `\`almanac release\` does it`);

  const running = target.release;
  if (release.id === running?.id) return refuse('already-there', `${to} has ${release.id} already`);
  const quarantined = refuseQuarantined(environments, release);
  if (quarantined) return quarantined;
  if (target.target.promotesFrom !== from && !skip)
    return refuse(
      'skips',
      `${to} takes its releases from ${target.target.promotesFrom ?? target.target.follows ?? 'nowhere'}, not from ${from}`,
      '`--skip` if it shall be so this time',
    );
  if (source.stable?.id !== release.id && !verified)
    return refuse(
      'unverified',
      `nobody has seen ${release.id} run in ${from} as it should`,
      '`almanac status` shows what it lacks; `--unverified` promotes it all the same',
    );
  if (running) {
    const step =
      refuseBehindContract(release, running, past.to) ?? refuseAcrossContract(release, running, past.from);
    if (step) return step;
  }

  const message = {
    subject: `${to} runs ${release.id}, as ${from} does`,
    trailers: { Release: release.id, Revision: release.revision, 'Promoted-From': from },
  };
  return change(target, { release }, message, requestedBy);
}
