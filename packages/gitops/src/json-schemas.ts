import { z } from 'zod';
import { Cluster } from './cluster-file';
import { Environment } from './environment';

/** The JSON Schemas for editors, by file name. `npm run generate` writes them to docs/schemas. */
export const jsonSchemas = (): Readonly<Record<string, object>> => ({
  'environment.schema.json': {
    title: 'What an environment of Almanac is, and what it runs',
    ...z.toJSONSchema(Environment, { io: 'input' }),
  },
  'cluster.schema.json': {
    title: 'The facts of a cluster of Almanac',
    ...z.toJSONSchema(Cluster, { io: 'input' }),
  },
});
