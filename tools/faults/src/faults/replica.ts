import type { Fault } from './fault';

/** What happens to one of two processes that relay and consume together. */
export const replicaFaults: readonly Fault[] = [
  {
    name: 'replica.killed',
    about: 'one of two processes is killed, the other takes over its work, and then is stopped',
    inject: async (stage, load, random) => {
      await stage.startReplica();
      stage.prepareVictim();
      await load.acknowledged(10 + random.below(40));
      const victim = stage.victim();
      victim.kill('SIGKILL');
      await victim.ended;
    },
    mend: async (stage) => {
      await stage.startVictim();
      await stage.stopReplica();
    },
  },
  {
    name: 'replica.paused',
    about: 'one of two processes stands still, loses its locks meanwhile, and goes on as if it had them',
    inject: async (stage, load, random) => {
      const replica = await stage.startReplica();
      await load.acknowledged(10 + random.below(40));
      replica.kill('SIGSTOP');
      await stage.cutConnections();
      await load.acknowledged(30);
      replica.kill('SIGCONT');
      await load.acknowledged(30);
    },
    mend: (stage) => stage.stopReplica(),
  },
];
