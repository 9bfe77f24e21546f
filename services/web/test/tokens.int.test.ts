import { IssuerMetadata, KeySet, SignedIn } from '@almanac/contracts';
import { userScopes } from '@almanac/kernel';
import { createTokenVerifier } from '@almanac/service-kit';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose';
import { generateSigningKeys, publicKeysOf } from '../src/credentials/signing-keys';
import { createTokenIssuer } from '../src/credentials/tokens';
import { audience, home, signUp, startWeb, type RunningWeb } from './running-web';

let web: RunningWeb;
let token: string;
let accountId: string;
beforeAll(async () => {
  web = await startWeb();
  const { body } = await signUp(web.browser());
  const { accessToken, account } = SignedIn.parse(body);
  token = accessToken;
  accountId = account.id;
});
afterAll(() => web.stop());

/** As another service checks tokens: by the keys that it fetches. */
const verifier = () =>
  createTokenVerifier({ issuer: home, audience, keys: new URL('/.well-known/jwks.json', web.url) });

test('another service can check our tokens by the keys that we publish', async () => {
  const { actor, expiresAt } = await verifier()(token);
  expect(actor).toEqual({ id: accountId, role: 'user', scopes: userScopes });
  expect(expiresAt - Date.now()).toBeLessThanOrEqual(600_000);
});

test('a token says who, for whom, what and until when, and no more', () => {
  const { kid, ...header } = decodeProtectedHeader(token);
  expect(header).toEqual({ alg: 'ES256', typ: 'JWT' });
  expect(kid).toMatch(/^[\w-]{43}$/);
  const claims = decodeJwt(token);
  expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'role', 'scope', 'sub']);
  expect(claims.exp! - claims.iat!).toBe(600);
});

test('only the public half of the keys is told, and it may be cached', async () => {
  const { body, headers } = await web.as()('GET', '/.well-known/jwks.json');
  expect(Object.keys(KeySet.parse(body).keys[0]!).sort()).toEqual([
    'alg',
    'crv',
    'kid',
    'kty',
    'use',
    'x',
    'y',
  ]);
  expect(headers.get('cache-control')).toBe('public, max-age=300');
});

test('the issuer can be discovered', async () => {
  const { body } = await web.as()('GET', '/.well-known/openid-configuration');
  expect(body).toMatchObject({ issuer: home, jwks_uri: `${home}/.well-known/jwks.json` });
  expect(IssuerMetadata.parse(body).id_token_signing_alg_values_supported).toEqual(['ES256']);
});

test.each([
  ['nobody’s signature', (claims: object) => Promise.resolve(new UnsecuredJWT({ ...claims }).encode())],
  [
    'a stranger’s signature',
    async () => {
      const stranger = createTokenIssuer(await generateSigningKeys(), { issuer: home, audience });
      const account = { id: accountId, role: 'operator' } as never;
      return (await stranger.issue(account, web.clock.now())).accessToken;
    },
  ],
  ['a changed claim', (claims: object) => Promise.resolve(changed({ ...claims, role: 'operator' }))],
])('a token with %s is refused', async (_, make) => {
  const forged = await make(decodeJwt(token));
  await expect(verifier()(forged)).rejects.toMatchObject({ code: 'invalid_token' });
  expect((await web.as(forged)('GET', '/api/v1/account')).status).toBe(401);
});

function changed(claims: object): string {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

test('after a change of keys, tokens of the old one are still good', async () => {
  const [old, fresh] = [await generateSigningKeys(), await generateSigningKeys()];
  const both = { keys: [fresh.keys[0], old.keys[0]] } as const;
  const verify = createTokenVerifier({ issuer: home, audience, keys: createLocalJWKSet(publicKeysOf(both)) });
  for (const keys of [old, both]) {
    const issuer = createTokenIssuer(keys, { issuer: home, audience });
    const { accessToken } = await issuer.issue({ id: accountId, role: 'user' } as never, web.clock.now());
    expect((await verify(accessToken)).actor.id).toBe(accountId);
    expect(decodeProtectedHeader(accessToken).kid).toBe(keys.keys[0].kid);
  }
});
