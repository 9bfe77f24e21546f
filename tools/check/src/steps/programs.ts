import { isBuilt, program, programNames } from '@almanac/kubernetes';
import { seconds } from '../report';
import { fail, type Step } from '../step';

/** The programs that a cluster is made of, built of Go modules where they aren't in the cache. */
export const programs: Step = {
  name: 'programs',
  about: 'Kubernetes, Argo CD and the rest are built, or were before: 15 minutes of two cores the first time',
  run: async ({ say }) => {
    let passed = 0;
    for (const name of programNames) {
      if (!(await isBuilt(name))) {
        const begin = performance.now();
        try {
          await program(name);
        } catch (error) {
          return { ...fail(`programs: ${name} can't be built`, String(error)), passed };
        }
        say(`built ${name} in ${seconds(performance.now() - begin)}`);
      }
      passed += 1;
    }
    return { passed, failures: [] };
  },
};
