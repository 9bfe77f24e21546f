import { crashPoints } from '../victim/crash-points';
import type { Stage } from '../stage';
import type { Fault } from './fault';

/** Milliseconds for execution to come to a point under load. */
const patience = 15_000;

/** Each of the crash points, at its nth time. */
export const crashFaults: readonly Fault[] = crashPoints.map(({ name, about, rare }) => ({
  name,
  about,
  inject: async (stage, _load, random) => {
    const victim = stage.victim();
    stage.prepareVictim();
    await victim.tell({ do: 'arm', point: name, nth: 1 + random.below(rare ? 2 : 20) });
    await assertKilled(victim.ended, name);
  },
  mend: (stage: Stage) => stage.startVictim(),
}));

async function assertKilled(ended: Promise<string>, point: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`still running after ${patience / 1000} s`), patience);
  });
  const end = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (end !== 'SIGKILL')
    throw new Error(
      `the victim did not die at ${point} (${end}): does a statement still match it in src/victim/crash-points.ts?`,
    );
}
