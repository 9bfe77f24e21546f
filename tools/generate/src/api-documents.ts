import { asyncApiDocument, openApiDocument } from '@almanac/contracts';
import type { GeneratedFile } from './generated-file';

/** The API documents for readers and their tools; the same are served under `/api`. */
export const apiDocuments = (): readonly GeneratedFile[] => [
  { path: 'docs/api/openapi.json', content: JSON.stringify(openApiDocument()) },
  { path: 'docs/api/asyncapi.json', content: JSON.stringify(asyncApiDocument()) },
];
