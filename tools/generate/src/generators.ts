import { apiDocuments } from './api-documents';
import type { Generator } from './generated-file';
import { migrateJob } from './migrate-job';
import { projectReferences } from './project-references';
import { releaseSchemas } from './release-schemas';

/** Everything `npm run generate` writes. Add a generator here and its files are checked for drift. */
export const generators: readonly Generator[] = [
  projectReferences,
  apiDocuments,
  releaseSchemas,
  (root) => migrateJob(root),
];
