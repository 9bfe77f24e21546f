import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { KustomizeOptions } from './kustomize';
import type { Resource } from './resource';
import { renderTemplates } from './templates';

/** What an Argo CD Application deploys, and where. */
export interface Application extends Resource {
  readonly spec: {
    readonly project: string;
    readonly source: {
      readonly repoURL: string;
      readonly targetRevision: string;
      readonly path: string;
      readonly kustomize?: KustomizeOptions;
    };
    readonly destination: { readonly server: string; readonly namespace: string };
    readonly syncPolicy?: {
      readonly syncOptions?: readonly string[];
      readonly managedNamespaceMetadata?: { readonly labels?: Readonly<Record<string, string>> };
    };
  };
}

type Parameters = Readonly<Record<string, unknown>>;

interface Requirement {
  readonly key: string;
  readonly operator: 'Exists' | 'DoesNotExist' | 'In' | 'NotIn';
  readonly values?: readonly string[];
}

interface Generator {
  readonly git?: { readonly files: readonly { readonly path: string }[]; readonly values?: Parameters };
  readonly pullRequest?: { readonly values?: Parameters };
  readonly selector?: { readonly matchExpressions: readonly Requirement[] };
}

export interface ApplicationSet extends Resource {
  readonly spec: {
    readonly goTemplate?: boolean;
    readonly goTemplateOptions?: readonly string[];
    readonly generators: readonly Generator[];
    readonly template: Omit<Application, 'apiVersion' | 'kind'>;
    readonly templatePatch?: string;
    readonly syncPolicy?: {
      readonly applicationsSync?: string;
      readonly preserveResourcesOnDeletion?: boolean;
    };
  };
}

export const isApplication = (resource: Resource): resource is Application => resource.kind === 'Application';
export const isApplicationSet = (resource: Resource): resource is ApplicationSet =>
  resource.kind === 'ApplicationSet';

/** What stands in for a pull request and for a release. */
export interface Examples {
  readonly pullRequest: Parameters;
  /** Instead of what a file says that is released there, or that nothing is; none: as the file says. */
  readonly release?: Parameters;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{ a: { b: 1 } }` → `a.b` */
const keysOf = (parameters: Parameters, prefix = ''): string[] =>
  Object.entries(parameters).flatMap(([key, value]) =>
    isRecord(value) && Object.keys(value).length > 0
      ? keysOf(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );

const meets = (keys: readonly string[], { key, operator }: Requirement): boolean => {
  if (operator === 'Exists') return keys.includes(key);
  if (operator === 'DoesNotExist') return !keys.includes(key);
  throw new Error(`The selector's operator ${operator} isn't understood here.`);
};

/** As the controller reads a file: what is in it, and `path`. */
const parametersOf = (root: string, file: string): Parameters => {
  const content: unknown = parse(readFileSync(join(root, file), 'utf8'));
  if (content !== null && !isRecord(content)) throw new Error(`${file} is no mapping.`);
  const folder = dirname(file);
  const path = {
    path: folder,
    basename: basename(folder),
    filename: basename(file),
    segments: folder.split('/'),
  };
  return { ...content, path };
};

/** One set of parameters for each file or request, in the order of their names. */
const generated = (root: string, generator: Generator, examples: Examples): Parameters[] => {
  if (generator.git !== undefined)
    return generator.git.files
      .flatMap(({ path }) => globSync(path, { cwd: root }).sort())
      .map((file) => ({
        ...parametersOf(root, file),
        ...(examples.release && { release: examples.release }),
      }));
  if (generator.pullRequest !== undefined) return [examples.pullRequest];
  throw new Error('Only the generators `git` (files) and `pullRequest` are understood here.');
};

/** Later wins; what is in a list is not merged. */
const merged = (under: unknown, over: unknown): unknown => {
  if (!isRecord(under) || !isRecord(over)) return over;
  const both = { ...under };
  for (const [key, value] of Object.entries(over))
    both[key] = key in under ? merged(under[key], value) : value;
  return both;
};

/**
 * The Applications that the controller would make of an ApplicationSet in this work tree.
 *
 * @throws Error when a file can't be read or a template names what isn't there, as the controller would say
 */
export async function expand(
  root: string,
  { spec }: ApplicationSet,
  examples: Examples,
): Promise<Application[]> {
  const found: Parameters[] = [];
  for (const generator of spec.generators) {
    const values = generator.git?.values ?? generator.pullRequest?.values ?? {};
    const files = generated(root, generator, examples);
    const filled = await renderTemplates(files.map((parameters) => ({ template: values, parameters })));
    const requirements = generator.selector?.matchExpressions ?? [];
    files.forEach((file, index) => {
      const parameters = { ...file, values: filled[index] };
      const keys = keysOf(parameters);
      if (requirements.every((requirement) => meets(keys, requirement))) found.push(parameters);
    });
  }
  const { template, templatePatch = '' } = spec;
  const rendered = await renderTemplates(
    found.map((parameters) => ({ template: [template, templatePatch], parameters })),
  );
  return (rendered as [object, string][]).map(
    ([application, patch]) =>
      ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        ...(merged(application, (parse(patch) as unknown) ?? {}) as object),
      }) as Application,
  );
}
