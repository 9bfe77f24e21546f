import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const folders = ['packages', 'services', 'tools', 'tests'];

/** One import, as `services/audit/src/app.ts → koa`: a file, and a file, workspace, package or part of Node. */
export type Import = `${string} → ${string}`;

export interface Cruised {
  /** The names of all rules there are. */
  readonly rules: readonly string[];
  /** Which rule is broken by an import in which file. */
  readonly violations: readonly { readonly rule: string; readonly from: string }[];
}

interface Rule {
  readonly name: string;
}

/** The part of dependency-cruiser's JSON that is read here. */
interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: Rule }[];
    readonly ruleSetUsed: { readonly forbidden: readonly Rule[] };
  };
}

/** Holds a tree that consists of these imports, and nothing else, against the repository's rules. */
export async function cruise(imports: readonly Import[]): Promise<Cruised> {
  const tree = mkdtempSync(join(tmpdir(), 'almanac-architecture-'));
  try {
    grow(tree, imports);
    const { summary } = JSON.parse(await depcruise(tree)) as Report;
    return {
      rules: summary.ruleSetUsed.forbidden.map(({ name }) => name),
      violations: summary.violations.map(({ rule, from }) => ({ rule: rule.name, from })),
    };
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** Its exit code is the number of violations: no failure here. */
const depcruise = (cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = join(root, 'node_modules', '.bin', 'depcruise');
    const rules = join(root, '.dependency-cruiser.mjs');
    const args = [script, '--config', rules, '--output-type', 'json', ...folders];
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout) => {
      if (stdout === '') reject(new Error('dependency-cruiser said nothing', { cause: error }));
      else resolve(stdout);
    });
  });

function grow(tree: string, imports: readonly Import[]): void {
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content, { flag: 'a' });
  };
  const writeNew = (path: string, content: string) => {
    if (!existsSync(join(tree, path))) write(path, content);
  };
  const isFile = (name: string) => folders.some((folder) => name.startsWith(`${folder}/`));
  const edges = imports.map((edge) => edge.split(' → ') as [string, string]);

  folders.forEach((folder) => mkdirSync(join(tree, folder)));
  write('package.json', JSON.stringify({ name: 'tree', workspaces: folders.map((folder) => `${folder}/*`) }));
  for (const [from, to] of edges) {
    const target = isFile(to) ? `./${relative(dirname(from), to).replace(/\.ts$/, '')}` : to;
    write(from, `import '${target}';\n`);
  }
  for (const [, to] of edges) {
    if (isFile(to)) writeNew(to, 'export {};\n');
    else if (to.startsWith('@almanac/')) linkWorkspace(tree, to, writeNew);
    else if (!to.startsWith('node:') && to !== 'nowhere') {
      writeNew(`node_modules/${to}/package.json`, JSON.stringify({ name: to, main: 'index.js' }));
      writeNew(`node_modules/${to}/index.js`, '');
    }
  }
}

/** Makes a workspace of this repository importable by its name, with an empty index.ts. */
function linkWorkspace(tree: string, name: string, writeNew: (path: string, content: string) => void): void {
  const folder = name.slice('@almanac/'.length);
  const path = existsSync(join(root, 'services', folder)) ? `services/${folder}` : `packages/${folder}`;
  writeNew(`${path}/package.json`, JSON.stringify({ name, exports: { '.': './src/index.ts' } }));
  writeNew(`${path}/src/index.ts`, 'export {};\n');
  mkdirSync(join(tree, 'node_modules', '@almanac'), { recursive: true });
  const link = join(tree, 'node_modules', name);
  if (!existsSync(link)) symlinkSync(join(tree, path), link);
}
