import { newId } from '@almanac/kernel';
import { createTestTokens, type TestTokens, type TokenOverrides } from '../src/service';

const user = { id: newId() };
let tokens: TestTokens;

beforeAll(async () => {
  tokens = await createTestTokens();
});

test('a token stands for the user it was made for', async () => {
  const token = await tokens.tokenFor({ ...user, role: 'operator', scopes: ['tasks:read'] });
  const { actor } = await tokens.verifyToken(token);
  expect(actor).toEqual({ id: user.id, role: 'operator', scopes: ['tasks:read'] });
});

const forgeries: [string, TokenOverrides][] = [
  ['expired', { claims: { exp: 1_000 } }],
  ['another issuer’s', { claims: { iss: 'https://elsewhere.test' } }],
  ['for another audience', { claims: { aud: 'elsewhere' } }],
  ['without a subject', { claims: { sub: undefined } }],
  ['signed by a stranger', { signed: 'by a stranger' }],
  ['not signed at all', { signed: 'none' }],
  ['signed with the public key as a secret', { signed: 'HS256' }],
];

test.each(forgeries)('a token that is %s is refused', async (_what, overrides) => {
  const token = await tokens.tokenFor(user, overrides);
  await expect(tokens.verifyToken(token)).rejects.toMatchObject({ code: 'invalid_token' });
});
