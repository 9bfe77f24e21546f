import { openLoop, type OpenLoopReport } from '@almanac/testkit';
import type { Disturbance } from './disturbances';
import type { Target } from './target';
import { invite } from './visitors';

export interface Disturbed extends OpenLoopReport {
  /** Milliseconds until each pod that was taken had its successor. */
  readonly absences: readonly number[];
}

/** Requests a second. */
const rate = 100;

/**
 * Brings a disturbance about while people use the environment, once or as often as it takes to have sent
 * `requests`.
 *
 * @throws Error when the disturbance itself can't be brought about: that is no result
 */
export async function underLoad(
  target: Target,
  disturbance: Disturbance,
  requests: number,
): Promise<Disturbed> {
  const visitors = await invite(target);
  const absences: number[] = [];
  let sent = 0;
  let over = false;
  const disturbing = (async () => {
    try {
      do absences.push(...(await disturbance.bring(target)));
      while (sent < requests);
    } finally {
      over = true;
    }
  })();
  try {
    const load = openLoop({
      rate,
      request: visitors.visit,
      until: (count) => {
        sent = count;
        return over;
      },
    });
    const [report] = await Promise.all([load, disturbing]);
    return { ...report, absences };
  } finally {
    visitors.leave();
  }
}
