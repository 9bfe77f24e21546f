import { reach } from '@almanac/cluster';
import { spread } from '@almanac/testkit';
import type { Disturbance } from './disturbances';
import { underLoad } from './under-load';

export interface ClusterCampaign {
  /** A cluster that `npm run cluster` made. */
  readonly cluster: string;
  readonly chosen: readonly Disturbance[];
  /** In all, at least; each disturbance has its share. */
  readonly requests: number;
  readonly say: (line: string) => void;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/**
 * Takes pods of production while it is used.
 *
 * @returns whether no request failed
 * @throws Error when there is no such cluster
 */
export async function disturbCluster({ cluster, chosen, requests, say }: ClusterCampaign): Promise<boolean> {
  const reached = await reach(cluster);
  if (!reached)
    throw new Error(`there is no cluster ${cluster} that is up: npm run cluster -- --name ${cluster}`);
  const target = { ...reached, namespace: 'almanac-production', hostname: 'almanac.localhost' };
  let failed = 0;
  for (const disturbance of chosen) {
    const share = Math.ceil(requests / chosen.length);
    const { sent, failures, latencies, absences } = await underLoad(target, disturbance, share);
    say(`${disturbance.name}: ${failures.length} of ${sent} requests failed`);
    say(`    answers             ${spread(latencies)}`);
    say(`    as many pods again  ${spread(absences)}`);
    failures.slice(0, 10).forEach(({ at, error }) => say(`    after ${seconds(at)}: ${error}`));
    failed += failures.length;
  }
  return failed === 0;
}
