import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault';

/** What happens to PostgreSQL while the process lives on. */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'database.stopped',
    about: 'PostgreSQL is stopped at once, and starts again half a second later',
    inject: async ({ server }, _load, random) => {
      await pause(random.below(400));
      await server.stopAtOnce();
    },
    mend: async ({ server }) => {
      await pause(500);
      await server.startAgain();
    },
  },
  {
    name: 'database.cut',
    about: 'all connections are cut, five times',
    inject: async (stage, _load, random) => {
      for (let time = 0; time < 5; time++) {
        await pause(20 + random.below(150));
        await stage.cutConnections();
      }
    },
  },
];
