import { z } from 'zod';
import { defineApi } from './api';

/** The public half of the keys that access tokens are signed with (RFC 7517). */
export const KeySet = z
  .object({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() })),
  })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof KeySet>;

/**
 * As much of OpenID Connect Discovery 1.0 as it takes to check our access tokens, which is also what
 * Kubernetes tells of its own issuer. Nobody signs in elsewhere with an account of Almanac.
 */
export const IssuerMetadata = z
  .object({
    issuer: z.url(),
    jwks_uri: z.url(),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
    scopes_supported: z.array(z.string()),
    claims_supported: z.array(z.string()),
  })
  .meta({ id: 'IssuerMetadata' });
export type IssuerMetadata = z.infer<typeof IssuerMetadata>;

export const keysApi = defineApi('Keys', '/.well-known', {
  readKeys: {
    method: 'GET',
    path: '/jwks.json',
    summary: 'The keys to check access tokens with',
    scope: 'public',
    output: KeySet,
  },
  readIssuer: {
    method: 'GET',
    path: '/openid-configuration',
    summary: 'Who issues access tokens, and where the keys are',
    scope: 'public',
    output: IssuerMetadata,
  },
});

export const documentsApi = defineApi('Documents', '/api', {
  readOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document: OpenAPI 3.1',
    scope: 'public',
    output: z.looseObject({ openapi: z.string() }),
  },
  readAsyncApi: {
    method: 'GET',
    path: '/asyncapi.json',
    summary: 'The events and the live-sync socket: AsyncAPI 3.0',
    scope: 'public',
    output: z.looseObject({ asyncapi: z.string() }),
  },
});
