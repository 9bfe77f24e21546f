import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml';
import type { z } from 'zod';
import { InvalidFile } from './invalid-file';

/** No file of ours comes near it; more is a mistake, or meant to hurt. */
const largest = 64 * 1024; // characters

/** Something wrong, and where: an offset into the text. */
interface Finding {
  readonly offset: number;
  readonly at?: string;
  readonly reason: string;
}

/**
 * Reads a YAML file of one mapping, written in block style from the first column on.
 *
 * Anchors, aliases, tags and merge keys are refused: what one reader sees must be what every other
 * reader (Argo CD’s, an editor’s) sees.
 *
 * @throws InvalidFile with every problem there is: those of the syntax, or else those of the content
 */
export function parseFile<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.output<Schema> {
  const invalid = (findings: readonly Finding[]): InvalidFile => {
    const problems = [...findings]
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, at = '', reason }) => ({ ...placeOf(text, offset), at, reason }));
    return new InvalidFile(path, problems);
  };

  const unreadable = beforeParsing(text);
  if (unreadable) throw invalid([unreadable]);
  const documents = parseAllDocuments(text, { prettyErrors: false });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) throw invalid([{ offset: 0, reason: 'is empty' }]);
  const syntax = [
    ...documents.flatMap(syntaxErrors),
    ...secondDocument(documents[1]),
    ...indirections(document),
  ];
  if (syntax.length > 0) throw invalid(syntax);
  const shape = wrongShape(text, document.contents);
  if (shape) throw invalid([shape]);

  const { success, data, error } = schema.safeParse(document.toJS());
  if (success) return data;
  throw invalid(error.issues.flatMap((issue) => findingsOf(issue, document)));
}

const placeOf = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
};

function beforeParsing(text: string): Finding | undefined {
  if (text.length > largest) return { offset: 0, reason: `is larger than ${largest / 1024} KiB` };
  const conflict = /^(<{7}|={7}|>{7})( |$)/m.exec(text);
  return conflict
    ? { offset: conflict.index, reason: 'is a mark of a merge that isn’t finished' }
    : undefined;
}

const syntaxErrors = ({ errors, warnings }: Document): Finding[] =>
  [...errors, ...warnings].map(({ code, message, pos: [offset] }) => ({
    offset,
    reason:
      code === 'DUPLICATE_KEY' ? 'is a key that stands there already' : `can’t be read as YAML: ${message}`,
  }));

const secondDocument = (document: Document.Parsed | undefined): Finding[] =>
  document ? [{ offset: document.range[0], reason: 'begins a second document; a file holds one' }] : [];

/** What stands for something that is written elsewhere, or makes something else of what is written. */
function indirections(document: Document): Finding[] {
  const found: Finding[] = [];
  const say = ({ range }: Node, reason: string): void => void found.push({ offset: range?.[0] ?? 0, reason });
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) return; // there is none without an anchor
      if (node.anchor !== undefined) say(node, 'has an anchor; write each value out');
      if (node.tag !== undefined) say(node, 'has a tag; write the plain value');
    },
    Pair: (_key, { key }) => {
      if (isCollection(key)) say(key, 'is a key that is no text');
      if (isScalar(key) && key.value === '<<') say(key, 'merges; write each value out');
    },
  });
  return found;
}

/** Blocks are replaced as lines of text, so the outermost keys must begin some. */
function wrongShape(text: string, root: unknown): Finding | undefined {
  if (root === null || (isScalar(root) && root.value === null)) return { offset: 0, reason: 'is empty' };
  if (!isMap(root)) return { offset: 0, reason: 'must be a mapping of keys to values' };
  const inside = root.items
    .map(({ key }) => (key as Node).range?.[0] ?? 0)
    .find((offset) => placeOf(text, offset).column !== 1);
  return inside === undefined
    ? undefined
    : { offset: inside, reason: 'must be a key on a line of its own, in the first column' };
}

type Path = readonly PropertyKey[];

function findingsOf(issue: z.core.$ZodIssue, document: Document): Finding[] {
  const { path } = issue;
  const about = (at: Path, part: 'key' | 'value', reason: string): Finding => ({
    offset: offsetOf(document, at, part),
    at: at.map(String).join('.'),
    reason,
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => about([...path, key], 'key', 'is no key here'));
    case 'invalid_key':
      return [about(path, 'key', `is no key here: it ${issue.issues[0]?.message ?? 'is wrong'}`)];
    case 'invalid_type':
      return [about(path, 'value', wrongType(issue, document))];
    default:
      return [about(path, 'value', issue.message)];
  }
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
};

function wrongType({ path, expected }: z.core.$ZodIssueInvalidType, document: Document): string {
  const kind = kinds[expected] ?? expected;
  if (!document.hasIn(path)) return 'is missing';
  const value: unknown = document.getIn(path);
  if (value === null) return `is empty; it must be ${kind}, or the line must go`;
  const looksOtherwise = kind === 'text' && (typeof value === 'number' || typeof value === 'boolean');
  return `must be ${kind}${looksOtherwise ? ': put it in quotes' : ''}`;
}

/** Where a key or its value stands; a whole block at its key, and what is missing where it is missed. */
function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number {
  const last = path.at(-1);
  if (last === undefined) return 0;
  const before = path.slice(0, -1);
  const parent: unknown = before.length === 0 ? document.contents : document.getIn(before, true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
    : undefined;
  const found = pair
    ? part === 'value' && isScalar(pair.value)
      ? pair.value
      : pair.key
    : isCollection(parent)
      ? parent.items[Number(last)]
      : undefined;
  return isNode(found) && found.range ? found.range[0] : offsetOf(document, before, 'key');
}
