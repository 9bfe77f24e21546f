import { readSettings } from '../src/settings';

test('with nothing said, anyone may sign up and there is one place to sign in', () => {
  expect(readSettings({})).toEqual({ signUp: true, oidc: undefined });
});

test('an issuer of OpenID Connect is configured by the environment', () => {
  const settings = readSettings({
    ALMANAC_SIGN_UP: 'no',
    ALMANAC_OIDC_ISSUER: 'https://issuer.example',
    ALMANAC_OIDC_CLIENT_ID: 'almanac',
    ALMANAC_OIDC_NAME: 'Example',
  });
  expect(settings).toEqual({
    signUp: false,
    oidc: { issuer: 'https://issuer.example', clientId: 'almanac', clientSecret: undefined, name: 'Example' },
  });
});

test('half an issuer is refused, and what is missing is named', () => {
  expect(() => readSettings({ ALMANAC_OIDC_ISSUER: 'https://issuer.example' })).toThrow(
    /ALMANAC_OIDC_CLIENT_ID/,
  );
  expect(() => readSettings({ ALMANAC_OIDC_ISSUER: 'issuer', ALMANAC_OIDC_CLIENT_ID: 'almanac' })).toThrow(
    /ALMANAC_OIDC_ISSUER.*URL/,
  );
});
