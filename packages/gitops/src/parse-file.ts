import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml';
import type { z } from 'zod';
import { InvalidFile, type FileProblem } from './invalid-file';

/** No file of ours comes near it; more is a mistake, or meant to hurt. */
const largest = 64 * 1024; // characters

type Path = readonly PropertyKey[];

/**
 * Reads a YAML file of one mapping, written in block style from the first column on.
 *
 * Anchors, aliases, tags and merge keys are refused: what one reader sees must be what every other
 * reader (Argo CD's, an editor's) sees.
 *
 * @throws InvalidFile with every problem there is: those of the syntax, or else those of the content
 */
export function parseFile<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.output<Schema> {
  const lines = new LineCounter();
  const problem = (offset: number, at: string, reason: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, at, reason };
  };
  const whole = (reason: string) => new InvalidFile(path, [{ line: 1, column: 1, at: '', reason }]);

  if (text.length > largest) throw whole(`is larger than ${largest / 1024} KiB`);
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents) || documents[0] === undefined) throw whole('is empty');
  const [document, second] = documents;

  const syntax = documents
    .flatMap(({ errors, warnings }) => [...errors, ...warnings])
    .map((error) => problem(error.pos[0], '', inWords(error.code, error.message)));
  if (second !== undefined)
    syntax.push(problem(second.range[0], '', 'begins a second document; a file holds one'));
  syntax.push(...indirections(document).map(([offset, reason]) => problem(offset, '', reason)));
  if (syntax.length > 0) throw new InvalidFile(path, syntax);

  const root = document.contents as Node | null;
  if (root === null || (isScalar(root) && root.value === null)) throw whole('is empty');
  if (!isMap(root)) throw whole('must be a mapping of keys to values');
  const outside = root.items.find(({ key }) => isNode(key) && lines.linePos(key.range![0]).col !== 1);
  if (outside !== undefined)
    throw new InvalidFile(path, [
      problem((outside.key as Node).range![0], '', 'must be a key on a line of its own, in the first column'),
    ]);

  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], reason: 'is no key here' }))
      : [{ path: issue.path, reason: reasonOf(issue, document) }],
  );
  throw new InvalidFile(
    path,
    problems
      .map(({ path: at, reason }) => problem(offsetOf(document, at), at.map(String).join('.'), reason))
      .sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

/** What stands for something that is written elsewhere. */
function indirections(document: Document): [offset: number, reason: string][] {
  const found: [number, string][] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) found.push([offset, 'is an alias; write the value out']);
      else if (node.anchor !== undefined) found.push([offset, 'has an anchor; write each value out']);
      else if (node.tag !== undefined) found.push([offset, 'has a tag; write the plain value']);
    },
    Pair: (_key, { key }) => {
      if (isCollection(key)) found.push([key.range?.[0] ?? 0, 'is a key that is no text']);
      if (isScalar(key) && key.value === '<<')
        found.push([key.range?.[0] ?? 0, 'merges; write each value out']);
    },
  });
  return found;
}

const inWords = (code: string, message: string): string =>
  code === 'DUPLICATE_KEY' ? 'is a key that stands there already' : `can’t be read as YAML: ${message}`;

const kinds: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
};

function reasonOf(issue: z.core.$ZodIssue, document: Document): string {
  if (issue.code !== 'invalid_type') return issue.code === 'invalid_key' ? keyReason(issue) : issue.message;
  const expected = kinds[issue.expected] ?? issue.expected;
  if (!document.hasIn(issue.path)) return 'is missing';
  const value: unknown = document.getIn(issue.path);
  if (value === null) return `is empty; it must be ${expected}, or the line must go`;
  return `must be ${expected}${typeof value === 'number' || typeof value === 'boolean' ? ', in quotes if need be' : ''}`;
}

const keyReason = ({ issues }: z.core.$ZodIssueInvalidKey): string =>
  `is a key that fits none: it ${issues[0]?.message ?? 'is wrong'}`;

/** Where a key stands, or where that what lacks it begins. */
function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      // A wrong value is pointed at, a wrong key too; a whole block by its key.
      if (pair !== undefined) {
        const at = isScalar(pair.value) && pair.value.range ? pair.value : pair.key;
        return (at as Node).range?.[0] ?? 0;
      }
    } else if (isCollection(parent)) {
      const item = parent.items[Number(last)];
      if (isNode(item)) return item.range?.[0] ?? 0;
    }
  }
  return 0;
}
