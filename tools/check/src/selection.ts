import type { Options } from './options';
import type { Step } from './step';

/** Whether a step takes part in a run. Parts of paths are about tests, so they leave the checks out. */
function isChosen(name: string, { only, patterns }: Options, projects: readonly string[]): boolean {
  if (only.length > 0) return only.includes(name);
  return patterns.length === 0 || projects.includes(name);
}

/** @throws Error when a name is none of the steps' */
export function choose(
  lanes: readonly (readonly Step[])[],
  options: Options,
  projects: readonly string[],
): readonly (readonly Step[])[] {
  const names = lanes.flat().map(({ name }) => name);
  const unknown = options.only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no step “${unknown.join('”, “')}”. The steps are: ${names.join(', ')}.`);
  return lanes.map((lane) => lane.filter(({ name }) => isChosen(name, options, projects)));
}
