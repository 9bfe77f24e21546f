import { runTool } from '../child';
import { fail, pass, type Step } from '../step';

/** A check that is one program of node_modules: its exit code is the verdict, its output the explanation. */
export const commandStep = (name: string, about: string, tool: string, args: readonly string[]): Step => ({
  name,
  about,
  run: async ({ root }) => {
    const { code, output } = await runTool(tool, args, { cwd: root });
    return code === 0 ? pass : fail(`${name}: ${[tool, ...args].join(' ')}`, output);
  },
});
