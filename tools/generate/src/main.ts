import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import type { GeneratedFile } from './generated-file';
import { generators } from './generators';

const help = `npm run generate              writes every generated file
npm run generate -- --check   writes nothing, fails if one of them is not up to date`;

const root = resolve(__dirname, '../../..');

async function formatted({ path, content }: GeneratedFile): Promise<GeneratedFile> {
  const file = join(root, path);
  return { path, content: await format(content, { ...(await resolveConfig(file)), filepath: file }) };
}

const isStale = ({ path, content }: GeneratedFile): boolean =>
  !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content;

function write({ path, content }: GeneratedFile): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(help);

  const files = (await Promise.all(generators.map(async (generate) => generate(root)))).flat();
  const stale = (await Promise.all(files.map(formatted))).filter(isStale);
  if (!values.check) stale.forEach(write);
  for (const { path } of stale) console.log(`${values.check ? 'out of date' : 'written'}: ${path}`);
  console.log(`${files.length} generated files, ${stale.length} ${values.check ? 'out of date' : 'written'}`);
  if (values.check && stale.length > 0) {
    console.log('Run `npm run generate` and commit what it writes.');
    process.exitCode = 1;
  }
}

void main();
