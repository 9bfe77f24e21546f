import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Makes JSON Schema 2020-12 of zod's schemas, and gathers those that have an id: a document names
 * them once, under `#/components/schemas`.
 */
export function createSchemaWriter() {
  const components: Record<string, JsonSchema> = {};

  /** @param io what is sent to us (`input`: defaults may be left out), or what we send (`output`) */
  const write = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const { $schema: _, $defs = {}, ...written } = z.toJSONSchema(schema, { io, override: tidy });
    for (const [id, definition] of Object.entries($defs)) add(id, withReferences(definition) as JsonSchema);
    return withReferences(written) as JsonSchema;
  };

  const add = (id: string, definition: JsonSchema) => {
    const known = components[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition))
      throw new Error(`schema ${id} differs between what is sent and what is answered; give each its own id`);
    components[id] = definition;
  };

  return {
    write,
    /** By id, in the order of the alphabet. */
    components: (): Readonly<Record<string, JsonSchema>> =>
      Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function tidy({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  delete jsonSchema.id;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern; // says the same again, in 200 characters
  // zod says of every integer that JSON carries no larger one exactly, which tells nobody anything.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // An answer may grow by fields; only what is strict on purpose says that it has no others.
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined)
    delete jsonSchema.additionalProperties;
}

/** zod refers to `#/$defs/Task`; the documents keep it under `#/components/schemas/Task`. */
const withReferences = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
