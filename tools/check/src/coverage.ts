import {
  createCoverageMap,
  type CoverageMap,
  type CoverageMapData,
  type FileCoverage,
} from 'istanbul-lib-coverage';
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

/** Compiled, an import is a statement, which runs whenever its file is loaded: that tests nothing. */
const isImport = (line = ''): boolean => /^(import\b|export (\*|\{.*\} from|type\b))/.test(line);

/** How often each line with code was run: line number → count. */
function linesOf(coverage: FileCoverage, source: string): ReadonlyMap<number, number> {
  const text = source.split('\n');
  const counts = Object.entries(coverage.getLineCoverage()).map(
    ([line, count]) => [Number(line), count] as const,
  );
  return new Map(counts.filter(([line]) => !isImport(text[line - 1])));
}

/**
 * Line coverage of each package and service, sorted by name.
 *
 * @param sourceOf the text of a file, by its path from the root
 */
export function coverageByOwner(
  map: CoverageMap,
  root: string,
  sourceOf: (path: string) => string,
): readonly Figures[] {
  const files = map.files().flatMap((file) => {
    const path = relative(root, file).split(sep).join('/');
    const owner = ownerOf(path);
    return owner === undefined
      ? []
      : [{ owner, path, lines: linesOf(map.fileCoverageFor(file), sourceOf(path)) }];
  });
  return [...Map.groupBy(files, ({ owner }) => owner)]
    .map(([owner, its]) => {
      const counts = its.flatMap(({ lines }) => [...lines.values()]);
      const run = counts.filter((count) => count > 0).length;
      const missed = its
        .map(({ path, lines }) => ({
          path,
          lines: [...lines].flatMap(([line, count]) => (count > 0 ? [] : [line])),
        }))
        .filter(({ lines }) => lines.length > 0);
      const percent = counts.length === 0 ? 100 : (100 * run) / counts.length;
      return { owner, lines: counts.length, percent, missed };
    })
    .sort((a, b) => a.owner.localeCompare(b.owner));
}

/** Each package and service is a check: enough of its lines are run by tests, or not. */
export function checkCoverage({ scratch, root, say }: StepContext, projects: readonly string[]): StepResult {
  const figures = coverageByOwner(readCoverage(scratch, projects), root, (path) =>
    readFileSync(join(root, path), 'utf8'),
  );
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
