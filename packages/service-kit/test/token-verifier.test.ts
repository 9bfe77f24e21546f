import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { createTokenVerifier } from '../src';

const issuer = 'https://issuer.test';
const audience = 'almanac';
const user = newId();
const seconds = () => Math.floor(Date.now() / 1000);

let server: Server;
let keys: URL;
let answer: RequestListener;
let asked: number;
let key: CryptoKey;
let jwk: JWK;

beforeEach(async () => {
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  asked = 0;
  answer = (_request, response) => void response.end(JSON.stringify({ keys: [jwk] }));
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await waitUntil(() => server.listening);
  keys = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const sign = (claims: JWTPayload = {}, kid = 'one') =>
  new SignJWT({
    iss: issuer,
    aud: audience,
    sub: user,
    scope: 'tasks:read profile tasks:write',
    exp: seconds() + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key);

test('a token stands for its subject, with the scopes that are known here', async () => {
  const verify = createTokenVerifier({ issuer, audience, keys });
  const exp = seconds() + 300;
  expect(await verify(await sign({ exp, sub: user.toUpperCase() }))).toEqual({
    actor: { id: user, role: 'user', scopes: ['tasks:read', 'tasks:write'] },
    expiresAt: exp * 1000,
  });
});

test('only the role of operator makes an operator', async () => {
  const verify = createTokenVerifier({ issuer, audience, keys });
  for (const role of ['operator', 'admin', ['operator'], true])
    expect((await verify(await sign({ role }))).actor.role).toBe(role === 'operator' ? 'operator' : 'user');
});

test('the issuer’s keys are fetched once for many tokens, and a token is checked once', async () => {
  const verify = createTokenVerifier({ issuer, audience, keys });
  const token = await sign();
  const first = await verify(token);
  expect(await verify(token)).toBe(first);
  await verify(await sign({ jti: 'another' }));
  expect(asked).toBe(1);
});

test('a token that was good is refused once it has expired', async () => {
  const verify = createTokenVerifier({ issuer, audience, keys });
  const token = await sign({ exp: seconds() + 60 });
  await verify(token);
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
  jest.useFakeTimers({
    now: Date.now(),
    doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'],
  });
  await expect(verify(token)).rejects.toMatchObject({
    code: 'invalid_token',
    message: 'It has expired; get a new one.',
  });
  jest.useRealTimers();
  now.mockRestore();
});

test.each<[string, RequestListener]>([
  ['answers with an error', (_request, response) => void response.writeHead(500).end()],
  ['answers with a page', (_request, response) => void response.end('<html>')],
  ['answers with JSON that is no key set', (_request, response) => void response.end('{"keys":7}')],
  ['hangs up', (request) => void request.socket.destroy()],
])('when the issuer %s, that is not held against the token', async (_what, broken) => {
  const working = answer;
  answer = broken;
  const verify = createTokenVerifier({ issuer, audience, keys });
  const token = await sign();
  await expect(verify(token)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 });
  answer = working;
  expect((await verify(token)).actor.id).toBe(user);
});

test('an issuer that isn’t there makes tokens neither good nor bad', async () => {
  server.close();
  server.closeAllConnections();
  const verify = createTokenVerifier({ issuer, audience, keys });
  await expect(verify(await sign())).rejects.toMatchObject({ code: 'unavailable' });
});

test('a token of a key that the issuer doesn’t have is refused', async () => {
  const verify = createTokenVerifier({ issuer, audience, keys });
  await expect(verify(await sign({}, 'two'))).rejects.toMatchObject({ code: 'invalid_token' });
});

describe('keys that were fetched long ago', () => {
  const minutesLater = (minutes: number) =>
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + minutes * 60_000);

  test('count on while the issuer is away', async () => {
    const verify = createTokenVerifier({ issuer, audience, keys });
    await verify(await sign());
    answer = (request) => void request.socket.destroy();
    minutesLater(11);
    expect((await verify(await sign({ jti: 'later' }))).actor.id).toBe(user);
    await waitUntil(() => asked === 2);
    expect((await verify(await sign({ jti: 'later still' }))).actor.id).toBe(user);
  });

  test('are asked for again, so that one that was taken away counts no more', async () => {
    const verify = createTokenVerifier({ issuer, audience, keys });
    await verify(await sign());
    answer = (_request, response) => void response.end('{"keys":[]}');
    minutesLater(11);
    await verify(await sign({ jti: 'meanwhile' }));
    await waitUntil(async () => {
      const refused: unknown = await verify(await sign({ jti: newId() })).catch((error: unknown) => error);
      return (refused as { code?: string }).code === 'invalid_token';
    });
  });
});
