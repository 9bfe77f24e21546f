import { z } from 'zod';
import { Environment } from './environment';

/** The JSON Schemas for editors, by file name. `npm run generate` writes them to docs/schemas. */
export const jsonSchemas = (): Readonly<Record<string, object>> => ({
  'environment.schema.json': {
    title: 'What an environment of Almanac is, and what it runs',
    ...z.toJSONSchema(Environment, { io: 'input' }),
  },
});
