/** A row of docs/requirements.md. */
export interface Requirement {
  readonly id: string;
  readonly requirement: string;
  readonly status: string;
  /** The tests and scripts that show it. */
  readonly shownBy: readonly string[];
  /** What a requirement that is partly met still lacks. */
  readonly missing: string;
}

/** How many requirements there are of each letter: T1 to T6, R1 to R4, … */
export const counts: Readonly<Record<string, number>> = {
  T: 6, // tasks
  R: 4, // recurrence
  M: 5, // reminders
  N: 4, // notifications
  S: 2, // real-time sync
  U: 2, // audit
  W: 6, // money
  P: 4, // assistant and MCP
  E: 6, // events
  G: 14, // deployment by git
  O: 6, // observability
  F: 4, // resilience
  X: 4, // operators
  D: 1, // documents
};

const identifiers = Object.entries(counts).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
);

/** The rows of all tables of a document. */
export const readRequirements = (markdown: string): readonly Requirement[] =>
  markdown
    .split('\n')
    .filter((line) => /^\| [A-Z]\d+ \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, id = '', requirement = '', status = '', shownBy = '', missing = '']) => ({
      id,
      requirement,
      status,
      shownBy: [...shownBy.matchAll(/`([^`]+)`/g)].map(([, path]) => path!),
      missing,
    }));

/** What is wrong with one row. */
function wrongWith(
  { id, status, shownBy, missing }: Requirement,
  exists: (path: string) => boolean,
): string[] {
  const isShown = status === 'done' || status === 'partly';
  return [
    ...(identifiers.includes(id) ? [] : [`${id} is no requirement there is`]),
    ...(isShown || status === 'open' ? [] : [`${id} is “${status}”, not done, partly or open`]),
    ...(isShown && shownBy.length === 0 ? [`${id} is ${status}, but no path shows it`] : []),
    ...(status === 'partly' && missing === '' ? [`${id} is partly met, but what is missing isn’t said`] : []),
    ...(status === 'done' && missing !== '' ? [`${id} is done, but something is said to be missing`] : []),
    ...shownBy
      .filter((path) => !exists(path))
      .map((path) => `${id} is shown by ${path}, which doesn’t exist`),
  ];
}

/** Everything that is wrong with the list, one thing per line; empty when it can be believed. */
export function wrongWithRequirements(
  requirements: readonly Requirement[],
  exists: (path: string) => boolean,
): readonly string[] {
  const ids = requirements.map(({ id }) => id);
  return [
    ...identifiers.filter((id) => !ids.includes(id)).map((id) => `${id} is missing`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...requirements.flatMap((requirement) => wrongWith(requirement, exists)),
  ];
}
