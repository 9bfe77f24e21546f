import { jsonSchemas } from '@almanac/gitops';
import type { GeneratedFile } from './generated-file';

/** What editors check the files below `clusters/` with. */
export const releaseSchemas = (): readonly GeneratedFile[] =>
  Object.entries(jsonSchemas()).map(([name, schema]) => ({
    path: `docs/schemas/${name}`,
    content: JSON.stringify(schema),
  }));
