/**
 * Holds programs against the repository's lint rules: `[{ path, code }]` on standard input, the names
 * of the rules each breaks on standard output. A program of its own, as jest can't load eslint's
 * configuration, which is an ES module.
 *
 * Only the rules that are the repository's own run: they need no types, so the paths needn't exist.
 */
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';

const own = [
  'no-restricted-properties',
  'no-restricted-imports',
  'no-restricted-exports',
  'no-restricted-syntax',
];

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => own.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

const programs = JSON.parse(await text(process.stdin));
const broken = programs.map(async ({ path, code }) => {
  const results = await eslint.lintText(code, { filePath: path });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message));
});
console.log(JSON.stringify(await Promise.all(broken)));
