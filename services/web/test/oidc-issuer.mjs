/**
 * A real OpenID provider for a test, in a process of its own: prints the address it is at.
 *
 *   node oidc-issuer.mjs <client id> <client secret> <redirect URI>
 *
 * Whoever signs in as `<name>` has the e-mail `<name>@example.org`, verified unless the name begins
 * with `unverified`.
 */
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [clientId, clientSecret, redirectUri] = process.argv.slice(2);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'zoneinfo'] },
    pkce: { required: () => true },
    cookies: { keys: ['test'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: !id.startsWith('unverified'),
        name: `The ${id}`,
        zoneinfo: 'Europe/Berlin',
      }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
