import { parseAllDocuments } from 'yaml';

/** An object of the Kubernetes API, as it is written. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Of what shape: kinds.ts says for the kinds that we look into. */
  readonly spec?: unknown;
  readonly data?: unknown;
  readonly stringData?: unknown;
}

/** `Deployment/web` */
export const nameOf = ({ kind, metadata }: Resource): string => `${kind}/${metadata.name}`;

/** The group of its API; that of the core is ''. */
export const groupOf = ({ apiVersion }: Resource): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** Definitions are long, and the same in every cluster: each text is read once. */
const read = new Map<string, Resource | null>();

const parse = (text: string): Resource | null => {
  const known = read.get(text);
  if (known !== undefined) return known;
  const [document] = parseAllDocuments(text);
  if (document === undefined || !('errors' in document)) return null;
  if (document.errors.length > 0) throw document.errors[0]!;
  const resource = document.toJS() as Resource | null;
  read.set(text, resource);
  return resource;
};

/** The resources in a stream of YAML documents. */
export const parseResources = (yaml: string): Resource[] =>
  yaml
    .split(/^---$/m)
    .map(parse)
    .filter((resource) => resource !== null);
