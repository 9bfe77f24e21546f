import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault';

/** What happens to processes as such, at no point in particular. */
export const processFaults: readonly Fault[] = [
  {
    name: 'none',
    about: 'nothing goes wrong',
    inject: (_stage, load) => load.acknowledged(300),
  },
  {
    name: 'consumers.fail',
    about: 'every third event fails when it is first handled, in both groups',
    inject: async (stage, load) => {
      await stage.victim().tell({ do: 'let-consumers-fail' });
      await load.acknowledged(100);
    },
  },
  {
    name: 'process.killed',
    about: 'kill -9 at any moment',
    inject: async (stage, _load, random) => {
      stage.prepareVictim();
      await pause(random.below(400));
      const victim = stage.victim();
      victim.kill('SIGKILL');
      await victim.ended;
    },
    mend: (stage) => stage.startVictim(),
  },
  {
    name: 'process.killed-again',
    about: 'kill -9 at any moment, and again while it starts or recovers',
    inject: async (stage, _load, random) => {
      stage.prepareVictim();
      await pause(random.below(400));
      const victim = stage.victim();
      victim.kill('SIGKILL');
      await victim.ended;
      const doomed = stage.startDoomedVictim();
      stage.prepareVictim();
      await pause(random.below(600));
      await doomed.kill();
    },
    mend: (stage) => stage.startVictim(),
  },
  {
    name: 'process.stopped',
    about: 'SIGTERM under load: it finishes what it has in hand and ends well',
    inject: async (stage, _load, random) => {
      stage.prepareVictim();
      await pause(random.below(400));
      const victim = stage.victim();
      victim.kill('SIGTERM');
      const end = await victim.ended;
      if (end !== 'exit code 0') throw new Error(`asked to stop, the process ended with ${end}`);
    },
    mend: (stage) => stage.startVictim(),
  },
];
