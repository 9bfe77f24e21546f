import { createCoverageMap, type CoverageMap, type CoverageMapData } from 'istanbul-lib-coverage';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { coverageFolder } from './steps/jest';
import type { StepContext, StepResult } from './step';

/** Percent of the lines with code in them, for each package and service. */
const floor = 80;

/** The lines all kinds of test ran, taken together. */
function readCoverage(scratch: string, projects: readonly string[]): CoverageMap {
  const map = createCoverageMap();
  for (const project of projects) {
    const file = join(coverageFolder(scratch, project), 'coverage-final.json');
    if (existsSync(file)) map.merge(JSON.parse(readFileSync(file, 'utf8')) as CoverageMapData);
  }
  return map;
}

/** The package or service a file is the code of; none for tests and tools. */
const ownerOf = (path: string): string | undefined =>
  /^((?:packages|services)\/[^/]+)\/(?!test\/|node_modules\/|dist\/)(?!.*\.(?:test|conformance)\.tsx?$)/.exec(
    path,
  )?.[1];

/** Line numbers for a reader: `3, 7–12`. */
export function ranges(lines: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.[1] === line - 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

interface Figures {
  readonly owner: string;
  readonly percent: number;
  readonly lines: number;
  /** Lines no test ran, by file. */
  readonly missed: readonly { readonly path: string; readonly lines: readonly number[] }[];
}

/** Line coverage of each package and service, sorted by name. */
export function coverageByOwner(map: CoverageMap, root: string): readonly Figures[] {
  const files = map.files().map((file) => ({
    path: relative(root, file).split(sep).join('/'),
    coverage: map.fileCoverageFor(file),
  }));
  const owned = Map.groupBy(files, ({ path }) => ownerOf(path));
  return [...owned]
    .flatMap(([owner, its]) => (owner === undefined ? [] : [{ owner, its }]))
    .map(({ owner, its }) => {
      const summaries = its.map(({ coverage }) => coverage.toSummary().lines);
      const lines = summaries.reduce((sum, { total }) => sum + total, 0);
      const covered = summaries.reduce((sum, { covered }) => sum + covered, 0);
      const missed = its
        .map(({ path, coverage }) => ({ path, lines: coverage.getUncoveredLines().map(Number) }))
        .filter(({ lines }) => lines.length > 0);
      return { owner, lines, percent: lines === 0 ? 100 : (100 * covered) / lines, missed };
    })
    .sort((a, b) => a.owner.localeCompare(b.owner));
}

/** Each package and service is a check: enough of its lines are run by tests, or not. */
export function checkCoverage({ scratch, root, say }: StepContext, projects: readonly string[]): StepResult {
  const figures = coverageByOwner(readCoverage(scratch, projects), root);
  const low = figures.filter(({ percent }) => percent < floor);
  say('Line coverage by all tests together');
  for (const { owner, percent, lines } of figures)
    say(`  ${owner.padEnd(32)} ${percent.toFixed(1).padStart(5)} % of ${lines} lines`);
  for (const { path, lines } of low.flatMap(({ missed }) => missed))
    say(`  not run: ${path}: ${ranges(lines)}`);
  return {
    passed: figures.length - low.length,
    failures: low.map(
      ({ owner, percent }) => `coverage: ${owner}: ${percent.toFixed(1)} % of lines, below ${floor} %`,
    ),
  };
}
