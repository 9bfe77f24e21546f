import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleFiles } from '@almanac/kubernetes';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDefinition } from './kinds';
import { groupOf, type Resource } from './resource';

type Schema = Record<string, unknown>;

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Says what is wrong with a resource: one line for each fault, none for a good one. */
export type Validate = (resource: Resource) => string[];

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The same schema, but fields that it doesn't name are refused, as by `kubectl --validate=strict`. A schema
 * that names none, or says that it keeps others, takes any.
 */
const strict = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isSchema(schema)) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  const open =
    schema.additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return isSchema(schema.properties) && !open ? { ...closed, additionalProperties: false } : closed;
};

/** Its own error is the deepest one: `oneOf` and the like above it only say that something below is wrong. */
const lineOf = ({ instancePath, message = '', params }: ErrorObject): string => {
  const what = 'additionalProperty' in params ? `${message}: ${String(params.additionalProperty)}` : message;
  return `${instancePath || '/'} ${what}`;
};

/** Schemas of Kubernetes itself; each API group's file is read when one of its kinds is asked for. */
async function kubernetesSchemas() {
  const { directory } = await moduleFiles('node', 'k8s.io/kubernetes');
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const files = new Map<string, string | undefined>();

  const load = (apiVersion: string): string | undefined => {
    const name = apiVersion.includes('/') ? `apis__${apiVersion.replace('/', '__')}` : `api__${apiVersion}`;
    try {
      const text = readFileSync(join(directory, 'api/openapi-spec/v3', `${name}_openapi.json`), 'utf8');
      ajv.addSchema(strict(JSON.parse(text)) as Schema, name);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // not one of its groups
      throw error;
    }
  };

  return (apiVersion: string, kind: string): ValidateFunction | undefined => {
    if (!files.has(apiVersion)) files.set(apiVersion, load(apiVersion));
    const file = files.get(apiVersion);
    if (file === undefined) return undefined;
    const { schemas } = (ajv.getSchema(file)!.schema as unknown as OpenApi).components;
    const name = Object.keys(schemas).find((key) =>
      (schemas[key]!['x-kubernetes-group-version-kind'] as GroupVersionKind[] | undefined)?.some(
        (gvk) => gvk.kind === kind && [gvk.group, gvk.version].filter(Boolean).join('/') === apiVersion,
      ),
    );
    return name === undefined ? undefined : ajv.getSchema(`${file}#/components/schemas/${name}`);
  };
}

/**
 * Where the API server would fill something in. Argo CD compares with what is stored, and knows the defaults of
 * Kubernetes' own kinds, but not those of definitions: what isn't written out is a difference for ever.
 */
const leftOut = (schema: Schema, value: unknown, path = ''): string[] => {
  if (Array.isArray(value))
    return value.flatMap((item, index) => leftOut(schema.items as Schema, item, `${path}/${index}`));
  if (!isSchema(value) || !isSchema(schema.properties)) return [];
  return Object.entries(schema.properties as Record<string, Schema>).flatMap(([key, property]) => {
    if (key in value) return leftOut(property, value[key], `${path}/${key}`);
    if (!('default' in property) || `${path}/${key}` === '/status') return [];
    return [`${path}/${key} is ${JSON.stringify(property.default)} if left out: write it`];
  });
};

/** Definitions are large, and the same in each cluster: each is compiled once. */
const compiled = new Map<Schema, ValidateFunction>();

const compile = (schema: Schema): ValidateFunction => {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(strict(schema) as Schema);
  compiled.set(schema, validate);
  return validate;
};

/**
 * Checks resources against the schemas of Kubernetes and against the definitions among `resources`, as
 * strictly as an API server that was told to refuse unknown fields. A kind that nobody defines is a fault.
 *
 * It doesn't evaluate CEL rules: those need a server.
 */
export async function createValidator(resources: readonly Resource[]): Promise<Validate> {
  const ofKubernetes = await kubernetesSchemas();
  const defined = new Map<string, Schema>();
  for (const { spec } of resources.filter(isDefinition))
    for (const { name, schema } of spec.versions)
      defined.set(`${spec.group}/${name} ${spec.names.kind}`, schema.openAPIV3Schema as Schema);
  return (resource) => {
    const { apiVersion, kind } = resource;
    const definition = defined.get(`${apiVersion} ${kind}`);
    const validate = definition ? compile(definition) : ofKubernetes(apiVersion, kind);
    if (validate === undefined) return [`nobody defines ${kind} of ${apiVersion}`];
    if (validate(resource)) return definition ? leftOut(definition, resource) : [];
    return (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf')
      .map(lineOf);
  };
}

/** Whether a resource belongs to no namespace. */
export const clusterScoped = (resource: Resource): boolean =>
  [
    '/Namespace',
    'apiextensions.k8s.io/CustomResourceDefinition',
    'apiregistration.k8s.io/APIService',
    'gateway.networking.k8s.io/GatewayClass',
    'rbac.authorization.k8s.io/ClusterRole',
    'rbac.authorization.k8s.io/ClusterRoleBinding',
  ].includes(`${groupOf(resource)}/${resource.kind}`);
