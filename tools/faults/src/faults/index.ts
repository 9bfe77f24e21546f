import { crashFaults } from './crash-points';
import { databaseFaults } from './database';
import type { Fault } from './fault';
import { processFaults } from './process';
import { replicaFaults } from './replica';

export type { Fault } from './fault';

/** Everything that is broken on purpose. Broker, sidecar and Redis join here when the product has them. */
export const faults: readonly Fault[] = [
  ...crashFaults,
  ...processFaults,
  ...replicaFaults,
  ...databaseFaults,
];

/** @throws Error when there is none of this name */
export function faultNamed(name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  return fault;
}
