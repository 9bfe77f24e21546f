import { change, type Plan } from '../change';
import { refuse } from '../refusal';
import { unknownEnvironment, type Environments } from './environments';

interface Asked {
  readonly environment: string;
  /** Of a release. */
  readonly id: string;
  readonly requestedBy: string;
}

/** Keeps a release out of every environment, until it is resumed. What runs goes on running. */
export function planQuarantine(
  environments: Environments,
  { environment, id, because, at, requestedBy }: Asked & { readonly because: string; readonly at: string },
): Plan {
  const target = environments.get(environment);
  if (!target) return unknownEnvironment(environments, environment);
  const present = target.quarantined.find((entry) => entry.id === id);
  if (present)
    return refuse(
      'quarantined',
      `${id} is quarantined in ${environment} since ${present.at}: ${present.because}`,
    );
  const edit = {
    quarantined: [...target.quarantined, { id, at, because }],
    ...(target.stable?.id === id && { stable: null }), // nothing shall return to it
  };
  const message = {
    subject: `${id} is quarantined in ${environment}: ${because}`,
    trailers: { Quarantined: id, Because: because },
  };
  return change(target, edit, message, requestedBy);
}

/** Lifts a quarantine. It takes a person: nothing of ours does it by itself. */
export function planResume(environments: Environments, { environment, id, requestedBy }: Asked): Plan {
  const target = environments.get(environment);
  if (!target) return unknownEnvironment(environments, environment);
  const present = target.quarantined.find((entry) => entry.id === id);
  if (!present)
    return refuse(
      'not-quarantined',
      `${id} isn’t quarantined in ${environment}; there are ${target.quarantined.map((entry) => entry.id).join(', ') || 'none'}`,
    );
  const message = {
    subject: `${id} may run again: its quarantine in ${environment} is lifted`,
    trailers: { Resumed: id, Because: present.because },
  };
  return change(
    target,
    { quarantined: target.quarantined.filter((entry) => entry !== present) },
    message,
    requestedBy,
  );
}

/** Writes down that the release of an environment was seen running as it should: rollbacks return to it. */
export function planStable(environments: Environments, { environment, id, requestedBy }: Asked): Plan {
  const target = environments.get(environment);
  if (!target) return unknownEnvironment(environments, environment);
  const { release, stable, quarantined } = target;
  if (release?.id !== id)
    return refuse('moved-on', `${environment} runs ${release?.id ?? 'nothing'} by now, not ${id}`);
  if (stable?.id === id)
    return refuse('already-there', `${id} is known to run in ${environment} as it should`);
  if (quarantined.some((entry) => entry.id === id))
    return refuse('quarantined', `${id} is quarantined in ${environment}`);
  const message = {
    subject: `${id} runs in ${environment} as it should`,
    trailers: { Release: id, Verified: id },
  };
  return change(target, { stable: release }, message, requestedBy);
}
