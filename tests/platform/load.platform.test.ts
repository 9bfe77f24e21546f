import { disturbances, underLoad } from '@almanac/faults';
import { note, noteTimes } from './support/figures';
import { platform } from './support/platform';

/** Requests in all; `npm run faults -- --cluster` sends ten times as many. */
const requests = 5_000;

/** Milliseconds until a pod that was killed has its successor. */
const limit = 30_000;

test.each(disturbances.map((disturbance) => [disturbance.name, disturbance] as const))(
  'no request fails during %s',
  async (name, disturbance) => {
    const { kubeconfig, gateway } = platform();
    const target = { kubeconfig, gateway, namespace: 'almanac-production', hostname: 'almanac.localhost' };
    const { sent, failures, latencies, absences } = await underLoad(
      target,
      disturbance,
      Math.ceil(requests / disturbances.length),
    );
    note(`${name}: requests sent, failed`, `${sent}, ${failures.length}`);
    noteTimes(`${name}: answers`, latencies);
    noteTimes(`${name}: until as many pods served again`, absences);
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(requests / disturbances.length);
    expect(Math.max(...absences)).toBeLessThan(limit * (name === 'rolling-update' ? 8 : 1));
  },
  600_000,
);
