import {
  asyncApiDocument,
  openApiDocument,
  type documentsApi,
  type KeySet,
  type keysApi,
} from '@almanac/contracts';
import { userScopes } from '@almanac/kernel';
import type { Exchange, Handlers } from '@almanac/service-kit';

/** These are the same for everybody, and change with a release or a key. */
const forMinutes = (exchange: Exchange): void => exchange.setHeader('Cache-Control', 'public, max-age=300');

export interface IssuerDeps {
  readonly issuer: string;
  readonly publicKeys: KeySet;
}

export const keysHandlers: Handlers<IssuerDeps, (typeof keysApi)['operations']> = {
  readKeys: ({ publicKeys }, _actor, _input, exchange) => {
    forMinutes(exchange);
    return Promise.resolve(publicKeys);
  },

  readIssuer: ({ issuer, publicKeys }, _actor, _input, exchange) => {
    forMinutes(exchange);
    return Promise.resolve({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ['id_token'], // required by the specification; Kubernetes says the same
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(publicKeys.keys.map(({ alg }) => alg))],
      scopes_supported: [...userScopes],
      claims_supported: ['iss', 'aud', 'sub', 'scope', 'role', 'iat', 'exp', 'jti'],
    });
  },
};

const openApi = openApiDocument();
const asyncApi = asyncApiDocument();

export const documentsHandlers: Handlers<unknown, (typeof documentsApi)['operations']> = {
  readOpenApi: (_deps, _actor, _input, exchange) => {
    forMinutes(exchange);
    return Promise.resolve(openApi);
  },
  readAsyncApi: (_deps, _actor, _input, exchange) => {
    forMinutes(exchange);
    return Promise.resolve(asyncApi);
  },
};
