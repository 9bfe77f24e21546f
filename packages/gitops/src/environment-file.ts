import { parseDocument, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { Environment, environmentName, type EnvironmentFile } from './environment';
import { parseFile } from './parse-file';

const blocks = ['target', 'release', 'stable', 'quarantined'] as const;

/**
 * Reads the file of an environment.
 *
 * @param path from the repository's root; it says which environment this is
 * @throws InvalidFile with line and column of everything that is wrong
 */
export function parseEnvironment(text: string, path: string): EnvironmentFile {
  const name = environmentName(path);
  if (name === undefined)
    throw new Error(`${path} is no environment: those are clusters/<cluster>/environments/<name>.yaml`);
  return { ...parseFile(Environment, text, path), name, path, text };
}

/** What may change in an environment's file; null takes a block out. */
export type EnvironmentChange = {
  readonly [Block in 'release' | 'stable' | 'quarantined']?: Environment[Block] | null;
};

/**
 * The text of the file with these blocks changed. Every other byte stays, and within a block the
 * comments, the order and what didn't change.
 */
export function editEnvironment({ text, path }: EnvironmentFile, change: EnvironmentChange): string {
  const edited = blocks
    .filter((block) => block in change)
    .reduce((before, block) => setBlock(before, block, change[block as keyof EnvironmentChange]), text);
  parseEnvironment(edited, path); // what we can't read, nobody shall get
  return edited;
}

/** What a block holds, and the values in it. */
type Value = object | string | number | boolean;

function setBlock(text: string, block: string, value: Value | null | undefined): string {
  const { start, end } = placeOf(text, block);
  const [before, present, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  if (value === undefined || value === null) return before + after;
  const document = parseDocument(present === '' ? '{}' : present);
  if (present === '') document.contents = document.createNode({}) as never;
  if (!update(document, document.contents as YAMLMap, block, value)) return text;
  const lineBreak = before.endsWith('\n') ? '' : '\n';
  return before + lineBreak + document.toString({ lineWidth: 0 }) + after;
}

/** The lines of a block without the comments and blank lines after it; empty where it would be inserted. */
function placeOf(text: string, block: string): { start: number; end: number } {
  const { items } = parseDocument(text).contents as YAMLMap<Node, Node>;
  const ends = (index: number): number => {
    const next = items[index + 1]?.key.range?.[0] ?? text.length;
    return endOfContent(text, items[index]!.key.range![0], next);
  };
  const index = items.findIndex(({ key }) => isScalar(key) && key.value === block);
  if (index !== -1) return { start: items[index]!.key.range![0], end: ends(index) };
  const before = blocks.slice(0, blocks.indexOf(block as (typeof blocks)[number]));
  const previous = items.findLastIndex(
    ({ key }) => isScalar(key) && before.some((name) => name === key.value),
  );
  const end = ends(previous);
  return { start: end, end };
}

/** Where the last line ends that says something, between these two. */
function endOfContent(text: string, start: number, end: number): number {
  const lines = text.slice(start, end).split(/(?<=\n)/);
  const last = lines.findLastIndex((line) => !/^\s*(#|$)/.test(line));
  return start + lines.slice(0, last + 1).join('').length;
}

/**
 * Makes `key` of a mapping hold `value`, node by node, so that what stays the same keeps its comments.
 *
 * @returns whether anything had to change
 */
function update(document: Document, map: YAMLMap, key: string, value: Value): boolean {
  const present = map.get(key, true) as Node | undefined;
  if (isMap(present) && isRecord(value)) {
    const gone = present.items.map((item) => String(item.key)).filter((name) => !(name in value));
    gone.forEach((name) => present.delete(name));
    const changes = Object.entries(value).map(([name, part]) => update(document, present, name, part));
    return gone.length > 0 || changes.includes(true);
  }
  if (isScalar(present) && !isRecord(value)) {
    if (present.value === value) return false;
    present.value = value;
    return true;
  }
  if (isSeq(present) && Array.isArray(value)) {
    if (sameJson(present.toJSON(), value)) return false;
    const kept = present.items as Node[];
    present.items = value.map(
      (part) => kept.find((item) => sameJson(item.toJSON(), part)) ?? document.createNode(part),
    );
    return true;
  }
  map.set(key, document.createNode(value));
  return true;
}

const isRecord = (value: unknown): value is Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
