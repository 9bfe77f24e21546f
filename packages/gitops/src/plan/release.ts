import { change, type Plan } from '../change';
import { refuse } from '../refusal';
import type { Release } from '../release';
import { refuseAcrossContract, refuseBehindContract } from './contract-step';
import { refuseQuarantined, unknownEnvironment, type Environments } from './environments';

export interface NewRelease {
  readonly environment: string;
  readonly release: Release;
  /** The commit's subject, for the readers of the history. */
  readonly subject: string;
  /** Whether what runs there is newer, by git's history. */
  readonly older: boolean;
  /** A person wants it although the environment is held. */
  readonly despiteHold: boolean;
  readonly past: readonly Release[];
  readonly requestedBy: string;
}

/**
 * Gives the environment that follows `main` a new release.
 *
 * While a release is quarantined there, the environment is held: what was taken back must not come
 * again with the next push, until a person resumes.
 */
export function planRelease(environments: Environments, wanted: NewRelease): Plan {
  const { environment, release, subject, older, despiteHold, past, requestedBy } = wanted;
  const target = environments.get(environment);
  if (!target) return unknownEnvironment(environments, environment);
  if (target.target.follows === undefined)
    return refuse(
      'follows-nothing',
      `${environment} follows no branch; its releases come from ${target.target.promotesFrom ?? 'nowhere'}`,
      `\`almanac promote ${target.target.promotesFrom ?? '<from>'} ${environment}\``,
    );

  const running = target.release;
  if (release.id === running?.id) return refuse('already-there', `${environment} has ${release.id} already`);
  const quarantined = refuseQuarantined(environments, release);
  if (quarantined) return quarantined;
  const [held] = target.quarantined;
  if (held && !despiteHold)
    return refuse(
      'held',
      `${environment} is held: ${held.id} is quarantined there since ${held.at}: ${held.because}`,
      `\`almanac resume ${environment} ${held.id}\` when that is mended`,
    );
  if (older)
    return refuse('older', `${environment} runs something newer than ${release.revision.slice(0, 12)}`);
  if (running) {
    const step = refuseBehindContract(release, running, past) ?? refuseAcrossContract(release, running);
    if (step) return step;
  }

  const message = {
    subject: `${environment} runs ${release.id}: ${subject}`,
    trailers: { Release: release.id, Revision: release.revision },
  };
  return change(target, { release }, message, requestedBy);
}
