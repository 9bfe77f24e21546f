import { environmentName, type EnvironmentFile } from './environment';
import { parseEnvironment } from './environment-file';
import { InvalidFile } from './invalid-file';
import type { Environments } from './plan/environments';
import type { Commit, Repository } from './repository';
import type { Release } from './release';

/** What the state branch says at one commit. */
export interface State {
  readonly commit: string;
  readonly environments: Environments;
  /** The files that can’t be read. They stop their own environment only. */
  readonly invalid: readonly InvalidFile[];
}

export async function stateAt(repository: Repository, commit: string): Promise<State> {
  const paths = (await repository.paths(commit, 'clusters/')).filter(
    (path) => environmentName(path) !== undefined,
  );
  const texts = await repository.read(paths.map((path) => ({ commit, path })));
  const environments = new Map<string, EnvironmentFile>();
  const invalid: InvalidFile[] = [];
  paths.forEach((path, index) => {
    const file = readable(() => parseEnvironment(texts[index] ?? '', path));
    if (file instanceof InvalidFile) invalid.push(file);
    else environments.set(file.name, file);
  });
  return { commit, environments, invalid };
}

function readable<Value>(parse: () => Value): Value | InvalidFile {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidFile) return error;
    throw error;
  }
}

/** One commit that changed an environment’s file, and what the file said then. */
export interface HistoryEntry {
  readonly commit: Commit;
  /** undefined when the file was deleted, or can’t be read. */
  readonly file: EnvironmentFile | undefined;
}

/** What happened to an environment, newest first: `git log` of its one file. */
export async function historyOf(
  repository: Repository,
  commit: string,
  path: string,
  limit = 200,
): Promise<readonly HistoryEntry[]> {
  const commits = await repository.log(commit, path, limit);
  const texts = await repository.read(commits.map(({ id }) => ({ commit: id, path })));
  return commits.map((entry, index) => {
    const text = texts[index];
    const file = text === undefined ? undefined : readable(() => parseEnvironment(text, path));
    return { commit: entry, file: file instanceof InvalidFile ? undefined : file };
  });
}

/** What the file said before the newest entry, newest first; without what couldn’t be read. */
export const pastOf = (history: readonly HistoryEntry[]): EnvironmentFile[] =>
  history.flatMap(({ file }) => file ?? []);

/** The releases of a history, each once, newest first. */
export const releasesOf = (history: readonly HistoryEntry[]): Release[] => {
  const releases = pastOf(history).flatMap(({ release }) => release ?? []);
  return releases.filter(({ id }, index) => releases.findIndex((other) => other.id === id) === index);
};
